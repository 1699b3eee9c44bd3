"""Feedback, by the lab: each rating is on record with the trace, the version and the prompt of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import unhealthy
from gonogo.checks.records import Record, keys, leaves, records
from gonogo.derive.journeys import Journey
from gonogo.derive.pointers import at_pointer
from gonogo.facts import AppLog, Declaration
from gonogo.facts.declaration import Feedback

_VERSIONS = ("version", "release", "model")
_PROMPTS = ("prompt", "template", "instructions", "question")


@check(
    "quality.feedback-collected", by="lab", scenario="feedback-collected", needs=(Journey, Declaration, AppLog),
    optional=(AppLog,),
)  # fmt: skip
def feedback_collected_by_lab(
    journeys: list[Journey], declared: list[Declaration], lines: list[AppLog], limits: Any
) -> Answer:
    """Each rating stands in a record of its own answer, beside the answer's version and prompt."""
    if bad := unhealthy(journeys):
        return bad
    rated = [j.exchange for j in journeys if j.exchange.purpose == "feedback"]
    answers = {j.exchange.journey: j for j in journeys if j.exchange.purpose == "journey"}
    if len(rated) < len(answers):
        return inconclusive(
            "answers do not name themselves, so that nobody can rate them",
            list(answers.values())[:1], fix="give each answer an id, and say where it stands: journeys[].id",
        )  # fmt: skip
    if refused := [e for e in rated if not 200 <= (e.status or 0) < 300]:
        return failed(
            share(refused, rated, "rating", "is refused", "are refused"), [(e, f"status {e.status}") for e in refused]
        )
    pointers = {j.name: (j.id or "", j.feedback) for d in declared for j in d.system.journeys if j.feedback}
    kept = records(lines)
    begun, faults = min(e.started_s for e in rated), []
    for e in rated:
        answer = answers[e.said]
        pointer, given = pointers[answer.exchange.name]
        id = str(at_pointer(json_body(answer.exchange), pointer))
        mine = [(line, r) for line, r in kept if {id, answer.exchange.journey} & {str(leaf) for leaf in leaves(r)}]
        others = [a.exchange.said for a in answers.values() if a is not answer]
        assert given is not None  # noqa: S101  (only those are looked at)
        if wrong := list(_lacking(mine, begun, given, e.name, others)):
            faults.append((e, f"{e.name}: {', '.join(wrong)}"))
    if 100 * (len(rated) - len(faults)) < limits.linked * len(rated):
        return failed(
            f"{share(faults, rated, 'rating', 'is', 'are')} not on record with trace, version and prompt of the answer",
            faults, fix="Keep each rating in a JSON line with the answer's id, version and prompt, in a file "
            "that lab.logs names.",
        )  # fmt: skip
    return passed(f"{counted(rated, 'rating', 'ratings')}, each on record with trace, version and prompt of its answer")


def _lacking(
    mine: Sequence[tuple[AppLog, Record]], begun: float, given: Feedback, name: str, others: Sequence[str]
) -> Iterator[str]:
    """Yield what the records of an answer do not tell of its rating, or tell wrongly."""
    rating, opposite = (given.up, given.down) if name == "up" else (given.down, given.up)
    late = [record for line, record in mine if line.at_s >= begun]
    found = [record for record in late if rating in [*leaves(record)]]
    if not found:
        yield "the rating is on no record of its answer"
        return
    if any(opposite in [*leaves(record)] for record in late):
        yield "another rating is on it as well"
    said = {key.lower(): True for _, record in mine for key in keys(record)}
    if not any(word in key for key in said for word in _VERSIONS):
        yield "no version"
    if not any(word in key for key in said for word in _PROMPTS):
        yield "no prompt"
    texts = [leaf for record in found for leaf in leaves(record) if isinstance(leaf, str)]
    if any(other and other in text for text in texts for other in others):
        yield "it stands beside another prompt"
