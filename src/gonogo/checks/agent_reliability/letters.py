"""What becomes of tasks that failed, by the lab: each is in the queue, with what it takes to mend and retry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.agents import idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unplayed
from gonogo.checks.records import Record, keys, record_of
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, Measure, ModelCall, ScenarioRun

_REASONS = ("model", "tool", "loop", "stuck", "limit", "timeout")
"""Cases in which a task is made to fail."""
_ERROR = ("error", "reason", "outcome", "category", "exception", "failure", "cause")
_DECLARE = "lab: {dead_letters: {identity: NAME, list: /failures, retry: /failures/{id}/retry}} in gonogo.yaml"


@check("agent-reliability.dead-letter", by="lab", scenario="dead-letter",
       needs=(Journey, Measure, ModelCall, ScenarioRun), optional=(Measure,))  # fmt: skip
def dead_letter_by_lab(
    journeys: list[Journey], measures: list[Measure], calls: list[ModelCall], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Each failed task is in the queue once, with input, trace and error, and a retry of it succeeds."""
    if bad := idle(journeys, runs):
        return bad
    if bad := unplayed(runs, *_REASONS):
        return inconclusive(bad.summary, fix=_DECLARE)
    tasks = of(journeys, *_REASONS)
    letters = [(m, record_of(m.text) or {}) for m in measures if m.name == "letter"]
    mine = {j.case: [(m, r) for m, r in letters if m.case == j.case and _is_of(j, m)] for j in tasks}
    kept = [case for case, found in mine.items() if found]
    if 100 * len(kept) < limits.captured * len(mine):
        gone = [j for j in tasks if j.case not in kept]
        return failed(
            f"{counted(gone, 'failed task is', 'failed tasks are')} not in the queue: "
            f"{', '.join(j.case for j in gone)}",
            shown(gone),
        )
    tasks = [j for j in tasks if j.case in kept]
    twice = [case for case, found in mine.items() if len(found) > 1]
    if twice:
        return failed(f"a failed task is in the queue {len(mine[twice[0]])} times", _evidence(mine[twice[0]]))
    for journey in tasks:
        for measure, record in mine[journey.case]:
            if lacks := _lacking(journey, measure, record):
                return failed(
                    f"a failed task is in the queue without its {' and its '.join(lacks)}",
                    _evidence([(measure, record)]),
                )
    for journey in tasks:
        if not _retried(journey, calls):
            return failed(
                f"a task that failed ({journey.case}) is tried again with nothing wrong, and is not done",
                _evidence(mine[journey.case]),
            )
        again = [(m, r) for m, r in letters if m.case == f"retry {journey.case}" and journey.exchange.said in m.text]
        if again:
            return failed("a task that is tried again is in the queue a second time", _evidence(again))
    return passed(
        f"{counted(tasks, 'failed task', 'failed tasks')}, each in the queue once with input, trace and error, and "
        "done when it was tried again",
        shown(tasks),
    )


def _is_of(journey: Journey, letter: Measure) -> bool:
    return journey.exchange.said in letter.text or journey.exchange.journey in letter.text


def _lacking(journey: Journey, letter: Measure, record: Record) -> list[str]:
    """Return what an entry does not tell of its task."""
    told = {
        "input": journey.exchange.said in letter.text,
        "trace": journey.exchange.journey in letter.text,
        "error": bool({key.lower() for key in keys(record)} & set(_ERROR)),
    }
    return [what for what, well in told.items() if not well]


def _retried(journey: Journey, calls: Sequence[ModelCall]) -> bool:
    """Whether the model was given the task again, and ended it with an answer."""
    case = f"retry {journey.case}"
    return any(
        c.case == case and not c.tool_uses and not c.fault and any(journey.exchange.said in t.text for t in c.prompt)
        for c in calls
    )


def _evidence(letters: Sequence[tuple[Measure, Record]]) -> list[Evidence]:
    return [Evidence(None, None, m.text[:300]) for m, _ in letters]
