"""Experiments, by the lab: users are shared out as planned, and the analysis finds what is there and nothing else."""

from __future__ import annotations

import math
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unplayed
from gonogo.facts import Declaration, Evidence, Measure, ScenarioRun

_SAME, _BETTER = "same", "better"


@check("rollout.ab-test", by="lab", scenario="ab-test", needs=(Measure, ScenarioRun, Declaration))
def ab_test_by_lab(
    measures: list[Measure], runs: list[ScenarioRun], declared: list[Declaration], limits: Any
) -> Answer:
    """Assignment is balanced and stays; equal versions show no significance, the planned effect is found."""
    if bad := unplayed(runs, _SAME, _BETTER):
        return bad
    plan = next(e for d in declared if d.system.deployment and (e := d.system.deployment.experiment))
    seen = {(m.case, m.name): m for m in measures}
    new, usual = (sum(seen[case, name].value for case in (_SAME, _BETTER)) for name in ("users-new", "users-usual"))
    told = sum(seen[case, "outcomes"].value for case in (_SAME, _BETTER))
    if not new + usual or told < new + usual:
        return inconclusive(
            f"of {new + usual:g} users {told:g} could tell their outcome",
            fix="see that the journey is well, and that its feedback is how outcomes are given",
        )
    p = _mismatch(new, usual, plan.share)
    if p <= limits.srm_p:
        return failed(
            f"{new:g} users got the new version and {usual:g} the one in use, where {100 * plan.share:g} % are planned",
            [Evidence(None, None, f"such a ratio comes by chance with p = {p:.2g}")],
        )
    if moved := sum(seen[case, "moved"].value for case in (_SAME, _BETTER)):
        return failed(
            f"{counted(int(moved), 'user', 'users')} got another version when asking again",
            [Evidence(None, None, f"assigned by {plan.unit}")],
            fix="Assign versions by a hash of the user's id and the experiment's name.",
        )
    same, better = seen[_SAME, "p-value"], seen[_BETTER, "p-value"]
    if mute := [m for m in (same, better) if m.value < 0]:
        return inconclusive(
            f"the analysis gives no p value at {plan.p_value}", [Evidence(None, None, m.text) for m in mute],
            fix="correct deployment.experiment.analysis, or p_value",
        )  # fmt: skip
    if same.value < limits.alpha:
        return failed(
            f"the analysis finds a difference between versions that fare alike: p = {same.value:.2g}",
            [Evidence(None, None, same.text)],
        )
    if better.value >= limits.alpha:
        return failed(
            f"the analysis does not find the planned effect of {plan.effect:g} among {plan.users} users: "
            f"p = {better.value:.2g}", [Evidence(None, None, better.text)],
            fix="Plan for more users, or correct the analysis.",
        )  # fmt: skip
    return passed(
        f"{new:g} and {usual:g} users (ratio p = {p:.2g}); equal versions give p = {same.value:.2g}, an effect of "
        f"{plan.effect:g} gives p = {better.value:.2g}"
    )


def _mismatch(new: float, usual: float, share: float) -> float:
    """Return the p value of a sample ratio mismatch: chi-square with one degree of freedom."""
    n = new + usual
    square = (new - n * share) ** 2 / (n * share) + (usual - n * (1 - share)) ** 2 / (n * (1 - share))
    return math.erfc(math.sqrt(square / 2))
