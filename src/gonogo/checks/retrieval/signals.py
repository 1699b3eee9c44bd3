"""Signals of users, by the lab: a click and a vote stand on the query's record, with the documents and their ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.checks.records import records
from gonogo.derive.journeys import Journey
from gonogo.derive.pointers import at_pointer
from gonogo.facts import AppLog, Declaration, Exchange, ScenarioRun

_RANK = 2
"""Of the document that the scenario clicks on."""


@check(
    "retrieval.retrieval-signals", by="lab", scenario="retrieval-signals",
    needs=(Journey, Declaration, Exchange, AppLog, ScenarioRun), optional=(AppLog,),
)  # fmt: skip
def retrieval_signals_by_lab(
    journeys: list[Journey], declared: list[Declaration], exchanges: list[Exchange], lines: list[AppLog],
    runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """A click and a vote can be found by the id of the query, with the ids and ranks of the documents shown."""
    if bad := unhealthy(journeys):
        return bad
    signals = next((i.signals for d in declared for i in d.system.indexes if i.signals), None)
    sent = [e for e in exchanges if e.purpose == "signal"]
    if signals is None or not sent:
        return inconclusive(
            "gonogo.yaml says of no click and no vote how it is sent", fix="add indexes[].signals.click and .vote"
        )
    first, other = of(journeys, "healthy")[:2]
    id, shown = _shown(first, signals.id, signals.documents)
    foreign, _ = _shown(other, signals.id, signals.documents)
    if id == foreign:
        return failed("two answers have the same id, so that no signal can be told to be on one of them", [(other, id)])
    unknown = [document for document in shown if document not in {d for r in first.retrievals for d in r.documents}]
    if unknown:
        return failed(
            "the answer shows documents by other ids than the store's",
            [(first, f"{', '.join(unknown)}; {told(first)}")],
        )
    kept = [list(leaves(record)) for _, record in records(lines)]
    mine = [record for record in kept if id in map(str, record)]
    wrong = [(e, words) for e in sent if (words := _unlinked(e, mine, shown))]
    if 100 * (len(sent) - len(wrong)) < limits.linked * len(sent):
        return failed(
            "signals of users are not tied to the documents shown", wrong,
            fix="Write each click and vote to a file that lab.logs names, with the query's id, document ids and ranks.",
        )  # fmt: skip
    missing = [kind for kind in ("click", "vote") if kind not in {e.case for e in sent}]
    if missing:
        return inconclusive(f"no {missing[0]} was sent", fix=f"add indexes[].signals.{missing[0]} to gonogo.yaml")
    return passed("a click and a vote stand on record with the query's id, the documents shown and their ranks")


def _shown(journey: Journey, id: str, documents: str) -> tuple[str, list[str]]:
    """Return the id of an answer, and those of the documents that it shows."""
    body = json_body(journey.exchange)
    shown = at_pointer(body, documents)
    ids = [one.get("id") if isinstance(one, dict) else one for one in (shown if isinstance(shown, list) else [])]
    return str(at_pointer(body, id)), [str(one) for one in ids]


def _unlinked(sent: Exchange, mine: Sequence[list[Any]], shown: list[str]) -> str:
    """Say what of a signal stands on no record of its query; empty where all does."""
    if sent.status is None or sent.status >= 400:
        return f"the {sent.case} got status {sent.status}"
    named = [record for record in mine if any(sent.case == leaf for leaf in record)]
    if not named:
        return f"no record of the query tells of the {sent.case}"
    if sent.case == "click" and not any(shown[_RANK - 1] in record and _RANK in record for record in named):
        return f"the record of the click lacks the document {shown[_RANK - 1]} or its rank {_RANK}"
    whole = [leaf for record in mine for leaf in record]
    if lost := [id for rank, id in enumerate(shown, 1) if id not in whole or rank not in whole]:
        return f"the query's records lack the documents shown, or their ranks: {', '.join(lost)}"
    return ""


def leaves(value: Any) -> Iterator[Any]:
    """Yield every text and number within a record."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield value
