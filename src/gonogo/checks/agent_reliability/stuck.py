"""Lack of progress, by the lab: calls that differ and bring nothing new end the run, as stuck."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.agent_reliability.lab import MANY
from gonogo.checks.agents import done, idle, shown, told_as
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ScenarioRun

_STUCK = re.compile(
    r"(?i)\bstuck|no[ _-]progress|nothing new|not (?:getting|making) (?:any )?(?:further|progress)|escalat"
)


@check("agent-reliability.stuck-detection", by="lab", scenario="stuck-detection", needs=(Journey, ScenarioRun, AppLog),
       optional=(AppLog,))  # fmt: skip
def stuck_detection_by_lab(journeys: list[Journey], runs: list[ScenarioRun], logs: list[AppLog], limits: Any) -> Answer:
    """Ever different calls with one and the same result are ended in time, and named; calls that bring news are not."""
    if bad := idle(journeys, runs, "moving", "stuck"):
        return bad
    moving = of(journeys, "moving")
    stopped = [j for j in moving if not j.answered or len(j.tools) < MANY]
    if stopped:
        return failed(f"{share(stopped, moving, 'run')} that made progress did not finish", shown(stopped))
    stuck = of(journeys, "stuck")
    same = [j for j in stuck if len({t.result for t in j.tools}) != 1]
    if same:
        return inconclusive("the results of the tools were not the same, so there was progress", shown(same))
    # The first result is news; each that is equal to it is a step without progress.
    long = [(j, done(j)) for j in stuck if len(j.tools) - 1 > limits.no_progress_steps]
    if long:
        most = max(len(j.tools) for j, _ in long) - 1
        return failed(f"a run goes on for {counted(most, 'step', 'steps')} that bring nothing new", long)
    unnamed = [j for j in stuck if not told_as(_STUCK, j, logs)]
    if unnamed:
        return failed(f"{share(unnamed, stuck, 'run')} ended, and not as stuck", shown(unnamed))
    most = max(len(j.tools) for j in stuck) - 1
    return passed(f"ended as stuck after {counted(most, 'step', 'steps')} that brought nothing new", shown(stuck))
