"""How long a task may take, by the lab: it ends at the limit, with what it has, and nothing goes on behind it."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.agents import done, idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

OPEN = re.compile(r"(?i)time|limit|not finish|unfinished|incomplete|partial|stopp|could not|so far|abort|cancel")
"""Words by which an answer says that it is not the whole."""
_NEAR = 0.5
"""A task that ended before this share of the limit was ended by something else."""


@check("agent-reliability.total-timeout", by="lab", scenario="slow-steps", needs=(Journey, ScenarioRun))
def total_timeout_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A task of endless slow steps ends at the limit with a partial result, and no call comes after."""
    if bad := idle(journeys, runs, "inside", "endless"):
        return bad
    cut = [j for j in of(journeys, "inside") if not j.answered]
    if cut:
        return failed("a task well inside the limit was cut", shown(cut))
    tasks = of(journeys, "endless")
    over = [j for j in tasks if j.seconds > limits.total_s or j.exchange.ended == "timeout"]
    if over:
        shown_over = [(j, f"{j.seconds:.0f} s; {done(j)}") for j in over]
        return failed(f"a task goes on for more than {limits.total_s:g} s", shown_over)
    late = [(j, c) for j in tasks for c in j.all_calls if c.started_s > j.exchange.started_s + j.seconds + 0.2]
    if late:
        return failed(f"{len(late)} calls came after the task had ended", [(j, done(j)) for j, _ in late[:3]])
    early = [j for j in tasks if j.seconds < _NEAR * limits.total_s]
    if early:
        return inconclusive(
            f"another bound ended the task after {early[0].seconds:.0f} s, so the limit of time was not reached",
            shown(early), fix="lower the limit of time for the lab: thresholds: {agent-reliability.total-timeout: ...}",
        )  # fmt: skip
    bare = [j for j in tasks if not j.exchange.answer.strip() or not OPEN.search(j.exchange.answer)]
    if bare:
        return failed("at the limit users get nothing that says it is unfinished", shown(bare))
    return passed(f"the task ended after {tasks[0].seconds:.0f} s, said so, and nothing went on", shown(tasks))
