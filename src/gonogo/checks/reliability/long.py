"""Requests that take long, by the lab: they end in an answer, at once or at a place that was named."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import beside, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun

SLACK_S = 1.0
"""By how much other requests may be slower, for the noise of a busy machine."""


@check("reliability.long-requests", by="lab", scenario="long-requests", needs=(Journey, ScenarioRun, Declaration))
def long_requests_by_lab(journeys: list[Journey], runs: list[ScenarioRun], declared: list[Declaration]) -> Answer:
    """With a model that takes almost as long as it may, users get their answer; others are answered as before."""
    if bad := unhealthy(journeys) or unplayed(runs, "long"):
        return bad
    long = of(journeys, "long")
    polls = [j for j in beside(journeys, "long") if j.exchange.purpose == "poll"]
    others = [j for j in beside(journeys, "long") if j.exchange.purpose == "beside"]
    for journey in long:
        if gap := _unfinished(journey, [p for p in polls if p.exchange.name == journey.exchange.name]):
            return gap
    usual = max(j.seconds for j in of(journeys, "healthy"))
    slow = [j for j in others if not j.answered or j.seconds > usual + SLACK_S]
    if slow:
        return failed(
            f"{counted(slow, 'other request was', 'other requests were')} held up by a long one",
            [(j, told(j)) for j in slow],
        )
    if not others:
        return inconclusive("nobody else asked while a long request was under way", long[:1])
    handed = sum(j.exchange.status == 202 for j in long)
    longest = max(c.ended_s or 0.0 for j in long for c in j.calls)
    how = f", {handed} of them handed off" if handed else ""
    return passed(
        f"{counted(long, 'request', 'requests')} of up to {longest:.0f} s ended well{how}; nobody else waited"
    )


def _unfinished(journey: Journey, polls: Sequence[Journey]) -> Answer | None:
    """Say that a long request got no answer; None where it did, in its response or where that pointed."""
    if not journey.hit:
        return inconclusive(f"{journey.exchange.name} made no slow model call", [(journey, told(journey))])
    if journey.exchange.status != 202:
        if journey.answered:
            return None
        return failed(f"{journey.exchange.name} was cut after {journey.seconds:.1f} s", [(journey, told(journey))])
    if "location" not in journey.exchange.headers:
        return failed("the 202 names no place to look at: it has no Location", [(journey, told(journey))])
    made = {c.marker for c in journey.calls if c.marker}
    if any(made & p.markers and p.well_formed for p in polls):
        return None
    last = polls[-1:] or [journey]
    return failed(f"{journey.exchange.name} was handed off and never answered", [(j, told(j)) for j in last])
