"""Vectors and their index, by the lab: a vector of another length is refused, and neither padded nor cut."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.documents import filled
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Retrieval

_SEARCHES, _WRITES = ("query",), ("upsert", "insert", "update")
_SAID = re.compile(r"(?i)error|dimension|vector|length|size|fail|reject|refus")


@check(
    "retrieval.dimension-match", by="lab", scenario="dimension-match", needs=(Journey, Declaration, Retrieval, AppLog),
    optional=(AppLog,),
)  # fmt: skip
def dimension_match_by_lab(
    journeys: list[Journey], declared: list[Declaration], calls: list[Retrieval], lines: list[AppLog], limits: Any
) -> Answer:
    """Index and model have vectors of one length; a vector of another length ends in an error."""
    if bad := unhealthy(journeys):
        return bad
    lengths = {
        "the index": _lengths(calls, "ingest", ("create",)), "documents": _lengths(calls, "ingest", _WRITES),
        "questions": _lengths(calls, "healthy", _SEARCHES),
    }  # fmt: skip
    if not lengths["documents"] or not lengths["questions"]:
        return inconclusive(
            "no vector reached the lab's store",
            fix="point the app and its indexer at the lab's store: lab: {point: {QDRANT_URL: qdrant}}",
        )
    stated = (index := filled(declared)) and index.dimension
    if limits.match == "exact" and len(set.union(*lengths.values()) | ({stated} if stated else set())) > 1:
        said = "; ".join(f"{what}: {', '.join(map(str, sorted(each)))}" for what, each in lengths.items() if each)
        return failed(
            "vectors are not all of one length",
            [(j, f"{said}; gonogo.yaml: {stated or 'not stated'}") for j in of(journeys, "healthy")],
        )
    tried = [j for j in journeys if j.case.endswith((" question", " document"))]
    unmet = [j for j in tried if not j.met("wrong-dimension")]
    if unmet or not tried:
        return inconclusive(
            "no vector of another length came from the lab's embedder: the app embeds by itself, or did not ask",
            [(j, f"{j.case}: {told(j)}") for j in unmet],
        )
    wrong = [(j, f"{j.case}: {words}") for j in tried if (words := _went_on(j, lines))]
    if wrong:
        return failed(
            "a vector of another length is taken as if it fitted", wrong,
            fix="Compare the length of each vector with that of the index, and end with an error where they differ.",
        )  # fmt: skip
    return passed(f"vectors have {min(lengths['questions'])} numbers everywhere; shorter and longer ones are refused")


def _lengths(calls: list[Retrieval], case: str, operations: tuple[str, ...]) -> set[int]:
    return {c.dimension for c in calls if c.case == case and c.operation in operations and c.dimension}


def _went_on(journey: Journey, lines: list[AppLog]) -> str:
    """Say how a wrong vector was used; empty where it ended in an error."""
    question = journey.exchange.purpose == "journey"
    used = [
        c for c in journey.retrievals
        if c.operation in (_SEARCHES if question else _WRITES) and c.dimension and (c.status or 0) < 400
    ]  # fmt: skip
    if used:
        return f"a vector of {used[0].dimension} numbers was {'searched with' if question else 'stored'} all the same"
    if question and journey.answered:
        return "the model answered without a search"
    said = [line.text for line in lines if line.case == journey.case]
    if journey.refused or any(_SAID.search(text) for text in (*said, *(() if question else (journey.exchange.body,)))):
        return ""
    return "nothing was found, and no error says why" if question else "the indexer ended without a word of it"
