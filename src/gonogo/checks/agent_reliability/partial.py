"""What is left of a task that was cut, by the lab: its finished parts reach the user, marked as not the whole."""

from __future__ import annotations

from typing import Any

from gonogo.checks.agent_reliability.timeouts import OPEN
from gonogo.checks.agents import done, idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun, ToolCall

_CUT = ("cap", "timeout", "failed-tool")


@check("agent-reliability.partial-results", by="lab", scenario="partial-results", needs=(Journey, ScenarioRun))
def partial_results_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """What the tools gave before a task was cut is in the answer, or in hand of the model that wrote it."""
    if bad := idle(journeys, runs, *_CUT):
        return bad
    tasks = [(j, _finished(j)) for j in of(journeys, *_CUT)]
    begun = {j.case for j, parts in tasks if parts}
    if len(begun) < len(_CUT):
        none = ", ".join(case for case in _CUT if case not in begun)
        return inconclusive(f"no part was finished before the task was cut: {none}", shown(j for j, _ in tasks))
    lost = [(j, parts, _returned(j, parts)) for j, parts in tasks]
    short = [
        (j, f"{len(back)} of {counted(parts, 'finished part', 'finished parts')} came back; {done(j)}")
        for j, parts, back in lost
        if parts and 100 * len(back) / len(parts) < limits.returned
    ]
    if short:
        return failed("finished parts of a task that was cut are thrown away", short)
    whole = [j for j, _ in tasks if not _by_model(j) and not OPEN.search(j.exchange.answer)]
    if whole:
        return failed("what came back of a task that was cut does not say that it is not the whole", shown(whole))
    parts = sum(len(parts) for _, parts in tasks)
    return passed(f"{counted(tasks, 'task', 'tasks')} cut, {parts} finished parts returned", shown(j for j, _ in tasks))


def _finished(journey: Journey) -> list[ToolCall]:
    return [t for t in journey.tools if not t.fault and not t.failed and t.result and t.ended_s is not None]


def _returned(journey: Journey, parts: list[ToolCall]) -> list[ToolCall]:
    """Return the parts that the user's answer holds, or that the model had read when it wrote that answer."""
    writer = _by_model(journey) and journey.answered_by
    read = " ".join(turn.text for turn in writer.prompt) if writer else ""
    return [t for t in parts if t.result in journey.exchange.answer or t.result in read]


def _by_model(journey: Journey) -> bool:
    """Whether a model that knew of the end wrote the answer: it was asked after the last tool call."""
    writer = journey.answered_by
    return writer is not None and all(t.started_s < writer.started_s for t in journey.tools)
