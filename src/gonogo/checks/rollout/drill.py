"""Rollout, by drill: the way back was gone, under traffic."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.facts import DrillRun

LEAST = 20
"""Answers that a drill needs, so that "every answer" means something."""


@check("rollout.one-command-rollback", by="drill", scenario="rollback", needs=(DrillRun,))
def one_command_rollback_by_drill(drills: list[DrillRun], limits: Any) -> Answer:
    """One command, run under traffic, brings every answer back to the previous version in time."""
    drill = drills[-1]
    shown = [(drill, f"{' '.join(drill.command)}: {drill.before or '?'} to {drill.after or '?'}")]
    if drill.problem:
        return inconclusive(f"the drill could not be held: {drill.problem}", shown)
    if drill.commands != limits.commands:
        return failed(f"the way back takes {drill.commands} commands", shown)
    if drill.exit_code:
        return failed(f"the command ended with exit code {drill.exit_code}", shown)
    if drill.asked < LEAST:
        return inconclusive(f"only {drill.asked} answers were seen while it ran", shown)
    if drill.seconds is None or drill.after == drill.before:
        return failed(f"answers still carry {drill.before}, the version that was to go", shown)
    if drill.seconds >= limits.rollback_s:
        return failed(f"it took {drill.seconds:.0f} s until every answer carried {drill.after}", shown)
    return passed(
        f"{drill.seconds:.1f} s after the command every answer carried {drill.after}; "
        f"{drill.lost} of {drill.asked} requests were lost",
        shown,
    )
