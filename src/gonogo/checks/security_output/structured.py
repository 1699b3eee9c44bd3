"""Structured output, by the lab: no object passes that is not as it was asked for."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, not_applicable, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ModelCall, ScenarioRun

_BAD = ("not-json", "other-object", "extra-words", "markup")
_INVALID = ("in my own words", "unexpected", "Of course, here it is", "<script>")
"""What stands in the wrong answers of the scenario `structured-output`."""


@check("security-output.structured-output-valid", by="lab", scenario="structured-output", needs=(Journey, ScenarioRun))
def structured_output_valid_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Wrong output is asked for again a few times, or refused; nothing of it reaches the user."""
    if bad := unhealthy(journeys) or unplayed(runs, "once", *_BAD):
        return bad
    names = {j.exchange.name for j in of(journeys, "healthy") if _structured(j)}
    if not names:
        return not_applicable("no journey asks the model for JSON of a schema", of(journeys, "healthy"))
    tried = [j for j in of(journeys, "once", *_BAD) if j.exchange.name in names and j.hit]
    if not tried:
        return inconclusive("no wrong output reached the app", of(journeys, *_BAD))
    through = [j for j in tried if any(word in j.exchange.body for word in _INVALID)]
    if len(through) > limits.invalid_passed:
        return failed(
            f"{share(through, tried, 'wrong output')} reached the user", [(j, f"{j.case}: {told(j)}") for j in through]
        )
    broken = [j for j in tried if j.exchange.status == 500 or j.exchange.ended not in ("", "complete")]
    if broken:
        return failed(
            f"{share(broken, tried, 'wrong output')} ended in an unhandled error",
            [(j, f"{j.case}: {told(j)}") for j in broken],
        )
    often = [j for j in tried if len(_structured(j)) > limits.repair_attempts + 1]
    if often:
        return failed(
            f"wrong output is asked for again {max(len(_structured(j)) for j in often) - 1} times",
            [(j, f"{j.case}: {len(_structured(j))} calls") for j in often],
        )
    repaired = [j for j in tried if j.answered]
    return passed(f"{counted(tried, 'wrong output', 'wrong outputs')}: {len(repaired)} repaired, the others refused")


def _structured(journey: Journey) -> list[ModelCall]:
    return [c for c in journey.calls if c.structured]
