"""Decision, by the lab: what the gate says of a release that was harmed in one point, and of the same one repaired."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unplayed
from gonogo.facts import Evidence, Measure, ScenarioRun

HARMS = ("failing", "missing", "stale", "forged")
"""What is wrong with the one critical result of the release."""


@check("decision.critical-all-pass", by="lab", scenario="critical-all-pass", needs=(ScenarioRun, Measure))
def critical_all_pass_by_lab(runs: list[ScenarioRun], measures: list[Measure]) -> Answer:
    """The step that asks the gate stops a release with a bad critical result, and lets the repaired one go."""
    if bad := unplayed(runs, *HARMS):
        return bad
    asked = [m for m in measures if m.name == "gate"]
    stopped = [m for m in asked if m.subject == "repaired" and m.value != 0]
    if stopped:
        return inconclusive(
            f"the gate says no to a release in order, so its no to a harmed one shows nothing: it ended with "
            f"{stopped[0].value:g}",
            [Evidence(None, None, m.text[-300:]) for m in stopped[:1]],
            fix="let deployment.gate in gonogo.yaml name the command that asks the gate, and promotes nothing itself",
        )
    passing = [m for m in asked if m.subject == "harmed" and m.value == 0]
    if passing:
        return failed(
            f"the step that asks the gate lets a release go whose critical result is {' and '.join(_of(passing))}",
            [Evidence(None, None, f"{m.case}: it ended with exit code 0") for m in passing],
            fix="Let the step end with the exit code of `gonogo gate`, and the promotion depend on it.",
        )
    return passed(f"NO-GO for each of {counted(_of(asked), 'harm', 'harms')} to a critical result, GO once repaired")


def _of(measures: list[Measure]) -> list[str]:
    return list(dict.fromkeys(m.case for m in measures))
