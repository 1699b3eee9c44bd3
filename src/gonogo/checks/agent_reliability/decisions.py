"""Why an agent did what it did, by the lab: its own trace of each turn, held against what its model said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from gonogo.checks.agents import done, idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of
from gonogo.checks.records import records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ModelCall, ScenarioRun

_PLAN = 40
"""So many characters of a plan, which begins with a word of its own, must be on record."""


@check("agent-reliability.decision-traces", by="lab", scenario="decision-traces",
       needs=(Journey, ScenarioRun, AppLog), optional=(AppLog,))  # fmt: skip
def decision_traces_by_lab(
    journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog], limits: Any
) -> Answer:
    """Each model turn is on record in order: its plan, the tool it chose, and the results that it had read."""
    if bad := idle(journeys, runs, "planned"):
        return bad
    tasks = [(j, [c for c in j.calls if c.operation == "chat"]) for j in of(journeys, "planned")]
    if not any(sum(bool(c.tool_uses) for c in calls) > 1 for _, calls in tasks):
        return inconclusive("no task took more than one step", shown(j for j, _ in tasks))
    kept = [line.text for line, _ in records(lines)]
    lacks = {j.exchange.journey: _lacking([t for t in kept if j.exchange.journey in t], calls) for j, calls in tasks}
    steps = sum(len(calls) for _, calls in tasks)
    bare = sum(bool(each) for found in lacks.values() for each in found)
    if 100.0 * (steps - bare) / steps < limits.steps_recorded:
        return failed(
            f"of {counted(steps, 'turn', 'turns')} {bare} are not on record whole, in order",
            [(j, f"turn {number}: no {', no '.join(each)}; {done(j)}") for j, _ in tasks
             for number, each in enumerate(lacks[j.exchange.journey], 1) if each],
            fix="Write a JSON line per turn with trace, plan, tool, arguments and the ids of the results it rested on.",
        )  # fmt: skip
    return passed(
        f"{counted(steps, 'turn', 'turns')} on record in order, with plan, tool and what each rested on",
        shown(j for j, _ in tasks),
    )


def _lacking(lines: Sequence[str], calls: Sequence[ModelCall]) -> list[list[str]]:
    """Return, for each turn, what the lines of its trace do not tell of it; a line out of order is none."""
    found, after = [], 0
    for number, call in enumerate(calls, 1):
        plan = call.answer[:_PLAN]
        at = next((n for n, text in enumerate(lines) if n >= after and plan in text), None)
        if at is None:
            found.append(["record of its plan"])
            continue
        # What belongs to the turn may stand in lines of its own, up to the record of the next turn.
        later = (n for n, text in enumerate(lines) if n > at and any(c.answer[:_PLAN] in text for c in calls[number:]))
        said = " ".join(lines[at : next(later, len(lines))])
        after = at + 1
        tools = [f"tool {u.name}" for u in call.tool_uses if u.name not in said or not _told(u.arguments, said)]
        read = [turn.answers for turn in call.prompt if turn.role == "tool" and turn.answers][-1:]
        found.append([*tools, *(f"mention of the result {id}" for id in read if id and id not in said)])
    return found


def _told(arguments: str, said: str) -> bool:
    """Whether each argument's value stands in a text, however it is written there."""
    try:
        values = msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        return arguments in said
    return all(str(v) in said for v in values.values()) if isinstance(values, dict) else str(values) in said
