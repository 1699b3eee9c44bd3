"""The cache of answers, by the lab: equal questions hit it, and no answer is foreign, wrong or old."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import apart_s, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

CHANGES = ("prompt", "model", "parameters")
_MARKS = ("age", "warning", "x-cache")
"""Headers that say of an answer that it is old."""


@check("performance.response-cache", by="lab", scenario="response-cache", needs=(Journey, ScenarioRun))
def response_cache_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """One call for equal questions, a new one for another tenant, after each change, a purge and the time to live."""
    if bad := unhealthy(journeys) or unplayed(runs, "equal", "tenant"):
        return bad
    first, *later = of(journeys, "equal")
    if not first.calls:
        return inconclusive("a new question made no model call", [(first, told(first))])
    if paid := [j for j in later if j.calls]:
        return failed(
            f"{len(later) + 1} equal questions made {len(paid) + 1} model calls: nothing is cached",
            [(j, told(j)) for j in paid],
        )
    if unlike := [j for j in later if not (j.markers & first.markers)]:
        return failed("an equal question got another answer from the cache", [(j, told(j)) for j in unlike])
    foreign = [j for j in of(journeys, "tenant") if not j.calls]
    if len(foreign) > limits.cross_tenant_hits:
        return failed("a tenant got the cached answer of another", [(j, told(j)) for j in foreign])
    personal = [j for j in of(journeys, "personal") if not j.calls]
    if personal:
        return failed(
            f"{personal[0].exchange.name} is personal and answered from the cache", [(personal[0], told(personal[0]))]
        )
    for case, what in (("purged", "a purge"), *((f"changed-{c}", f"a change of {c}") for c in CHANGES)):
        if gap := _after(journeys, runs, case, what):
            return gap
    return _old(journeys, runs, limits.ttl_s) or passed(
        "equal questions of a tenant make one call; another tenant, a change, a purge and an hour make a new one"
    )


def _after(journeys: Sequence[Journey], runs: Sequence[ScenarioRun], case: str, what: str) -> Answer | None:
    """Say that an old answer is given after something made it a wrong one; None where it is not."""
    if any(case not in run.cases for run in runs):
        key = "purge" if case == "purged" else f"changes.{case.removeprefix('changed-')}"
        return inconclusive(f"{what} was not tried", fix=f"declare lab.cache.{key} in gonogo.yaml")
    before, after = of(journeys, case)
    if after.calls:
        return None
    if after.markers & before.markers:
        return failed(f"after {what} the old answer is still given", [(after, told(after))])
    return inconclusive(f"what is answered after {what} is unclear", [(after, told(after))])


def _old(journeys: Sequence[Journey], runs: Sequence[ScenarioRun], ttl_s: float) -> Answer | None:
    """Say that answers get too old, or are old without saying so; None where neither is."""
    if cut := unplayed(runs, "expired", "stale"):
        return cut
    before, after = of(journeys, "expired")
    age = apart_s(before, after)
    if age is None or age < ttl_s:
        return inconclusive(f"no answer could be made older than {ttl_s:g} s: the app's clock did not follow", [after])
    if not after.calls:
        return failed(
            f"an answer is still given after {counted(int(age // 60), 'minute', 'minutes')}", [(after, told(after))]
        )
    (stale,) = of(journeys, "stale")
    if stale.well_formed and stale.markers and not any(c.answer and not c.fault for c in stale.calls):
        said = " ".join(stale.exchange.headers.get(name, "") for name in _MARKS).strip()
        if not said:
            return failed("with the model away an old answer is given as if it were new", [(stale, told(stale))])
    return None


@check("performance.cache-failure", by="lab", scenario="cache-failure", needs=(Journey, ScenarioRun))
def cache_failure_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """With the cache gone, silent or broken users are answered rightly and in time, and the model is not flooded."""
    if bad := unhealthy(journeys) or unplayed(runs, "working", "gone", "together", "hung", "garbage"):
        return bad
    working, hit = of(journeys, "working"), of(journeys, "gone", "hung", "garbage")
    if lost := [j for j in working if not j.answered]:
        return inconclusive("with a working cache not everybody is answered", [(j, told(j)) for j in lost])
    lost = [j for j in hit if not j.well_formed]
    if 100 * len(lost) >= limits.error_rate * len(hit) and lost:
        return failed(
            f"without the cache {share(lost, hit, 'request')} {'fails' if len(lost) == 1 else 'fail'}",
            [(j, f"{j.case}: {told(j)}") for j in lost],
        )
    wrong = [j for j in hit if j not in lost and not j.answered]
    if wrong:
        return failed(
            f"with a broken cache {counted(wrong, 'answer is', 'answers are')} not what the model said",
            [(j, f"{j.case}: {told(j)}") for j in wrong],
        )
    usual = median(j.seconds for j in working)
    added = {
        case: 1000 * (median(j.seconds for j in of(journeys, case)) - usual) for case in ("gone", "hung", "garbage")
    }
    worst = max(added, key=lambda case: added[case])
    if added[worst] > limits.added_ms:
        slow = of(journeys, worst)
        return failed(
            f"with the cache {worst} half of the requests take {added[worst]:.0f} ms longer",
            [(j, told(j)) for j in slow[:3]],
        )
    together = of(journeys, "together")
    calls = sum(len(j.calls) for j in together)
    if calls * 2 > len(together):
        return failed(
            f"{len(together)} equal requests at the same time make {calls} model calls without the cache",
            [(j, told(j)) for j in together[:3]],
        )
    return passed(
        f"{share(hit, hit, 'request')} without the cache were answered, {max(0.0, added[worst]):.0f} ms later at most; "
        f"{len(together)} equal ones made {counted(calls, 'call', 'calls')}"
    )
