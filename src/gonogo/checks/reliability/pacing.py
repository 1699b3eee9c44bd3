"""Rate limits of the provider, by the lab: users wait a little in a queue with a bound, and are not refused at once."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun


@check("reliability.rate-limit-queue", by="lab", scenario="rate-limit-queue", needs=(Journey, ScenarioRun))
def rate_limit_queue_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Twice what the provider takes at once is answered in time; far more is shed with 503 and Retry-After."""
    if bad := unhealthy(journeys) or unplayed(runs, "burst", "flood"):
        return bad
    burst, flood = of(journeys, "burst"), of(journeys, "flood")
    if not any(c.status == 429 for j in (*burst, *flood) for c in j.calls):
        return inconclusive("the provider's limit was never met", burst[:1])
    lost = [j for j in burst if not j.answered]
    if lost:
        refused = sum(j.exchange.status == 429 for j in lost)
        how = f", {refused} of them a 429" if refused else ""
        return failed(f"{share(lost, burst, 'user')} of a short burst got no answer{how}", [(j, told(j)) for j in lost])
    late = [j for j in (*burst, *flood) if not j.ended_within(limits.queue_wait_s)]
    if late:
        return failed(
            f"{counted(late, 'user was', 'users were')} held for longer than {limits.queue_wait_s:g} s",
            [(j, told(j)) for j in late],
        )
    shed = [j for j in flood if not j.answered]
    wrong = [j for j in shed if j.exchange.status != 503 or "retry-after" not in j.exchange.headers]
    if wrong:
        return failed(
            f"{share(wrong, flood, 'user')} of a flood got something else than an answer, or 503 with Retry-After",
            [(j, told(j)) for j in wrong],
        )
    if limits.queue_depth != "bounded":
        return inconclusive(f"queue_depth: {limits.queue_depth} is nothing that this proof knows; write bounded")
    if not shed:
        return inconclusive(f"{len(flood)} users at once met no bound of the queue", flood[-1:])
    quickest, longest = min(j.seconds for j in shed), max(j.seconds for j in flood)
    if quickest * 2 > longest:
        return failed(
            f"all of {len(flood)} users waited, the refused ones for {quickest:.1f} s at least: the queue has no bound",
            [(j, told(j)) for j in shed],
        )
    waited = max(j.seconds for j in burst)
    return passed(
        f"{share(burst, burst, 'user')} of a burst got an answer within {waited:.1f} s; "
        f"of {len(flood)} at once {len(shed)} were shed"
    )
