"""When traffic leaves a failing model, by the lab: at the stated counts and rates, not before, and it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ModelCall, ScenarioRun

_QUIET = ("one-failure", "too-few", "low-rate")
"""Cases in which traffic must stay where it is."""
_SAMPLE = 10
"""Of fewer calls no error rate can be told: a single failure would be all of them."""


@check("reliability.fallback-triggers", by="lab", scenario="fallback-triggers", needs=(Journey, ScenarioRun))
def fallback_triggers_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Traffic leaves the primary model at so many failures in a row or such an error rate, and not before."""
    if bad := unhealthy(journeys) or unplayed(runs, *_QUIET, "in-a-row", "high-rate"):
        return bad
    primary = next(j.calls[0].model for j in of(journeys, "healthy") if j.calls)
    for case in _QUIET:
        mine = of(journeys, case)
        if not any(j.hit for j in mine):
            return inconclusive(f"no failure was met in the case {case}", mine[:1])
        early = next((n for n, j in enumerate(mine) if _elsewhere(j, primary)), None)
        if early is not None:
            row, rate, calls = _seen(mine[:early], primary, mine[early], limits.error_window_s)
            if row < limits.consecutive_failures and (calls < _SAMPLE or rate <= limits.error_rate):
                return failed(
                    f"traffic left {primary} after {row} failures in a row and an error rate of {rate:.0f} % of "
                    f"{counted(calls, 'call', 'calls')}",
                    [(mine[early], f"{case}: {told(mine[early])}")],
                )
    if gap := _stayed(of(journeys, "in-a-row"), primary, limits) or _at_rate(
        of(journeys, "high-rate"), primary, limits
    ):
        return gap
    if cut := unplayed(runs, "recovered"):
        return cut
    back = [j for j in of(journeys, "recovered") if j.calls and j.calls[0].model == primary and j.answered]
    if not back:
        last = of(journeys, "recovered")[-1:]
        return failed(f"{primary} is back and is not asked again", [(j, told(j)) for j in last])
    return passed(
        f"traffic left {primary} after {limits.consecutive_failures:g} failures in a row, and at an error rate above "
        f"{limits.error_rate:g} %, not before, and came back"
    )


def _stayed(mine: Sequence[Journey], primary: str, limits: Any) -> Answer | None:
    """Say that traffic did not leave after so many failures in a row; None where it did."""
    for number, journey in enumerate(mine):
        row, _, _ = _seen(mine[:number], primary, journey, limits.error_window_s)
        if row >= limits.consecutive_failures:
            return None if _elsewhere(journey, primary) else _not_left(journey, primary, f"{row} failures in a row")
        if _elsewhere(journey, primary):
            return failed(f"traffic left {primary} after {row} failures in a row", [(journey, told(journey))])
    return inconclusive(
        f"{primary} did not fail {limits.consecutive_failures:g} times in a row", [(j, told(j)) for j in mine[-1:]]
    )


def _at_rate(mine: Sequence[Journey], primary: str, limits: Any) -> Answer | None:
    """Say that traffic did not leave at a high error rate; None where it did."""
    gone = next((n for n, j in enumerate(mine) if _elsewhere(j, primary)), None)
    if gone is None:
        _, rate, calls = _seen(mine[:-1], primary, mine[-1], limits.error_window_s)
        if rate <= limits.error_rate:
            return inconclusive(f"{rate:.0f} % of {calls} calls to {primary} failed, too few to tell")
        return _not_left(mine[-1], primary, f"{rate:.0f} % of {calls} calls failed")
    _, rate, calls = _seen(mine[:gone], primary, mine[gone], limits.error_window_s)
    if rate > limits.error_rate:
        return None
    return failed(
        f"traffic left {primary} when {rate:.0f} % of {calls} calls had failed", [(mine[gone], told(mine[gone]))]
    )


def _not_left(journey: Journey, primary: str, after: str) -> Answer:
    how = "is refused" if not journey.calls else f"still goes to {primary}"
    return failed(f"traffic {how} although {after}", [(journey, told(journey))])


def _elsewhere(journey: Journey, primary: str) -> bool:
    """Tell whether another model was asked without the primary one being asked first."""
    return bool(journey.calls) and journey.calls[0].model != primary


def _seen(before: Sequence[Journey], primary: str, now: Journey, window_s: float) -> tuple[int, float, int]:
    """Return how often the primary model failed in a row before a journey, its error rate in percent, and its calls."""
    calls: list[ModelCall] = [c for j in before for c in j.calls if c.model == primary]
    row = sum(1 for _ in takewhile(lambda c: c.fault, reversed(calls)))
    recent = [c for c in calls if now.exchange.started_s - c.started_s <= window_s]
    failures = sum(1 for c in recent if c.fault)
    return row, 100 * failures / len(recent) if recent else 0.0, len(recent)
