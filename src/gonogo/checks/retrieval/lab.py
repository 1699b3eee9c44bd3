"""Retrieval, by the lab: what users get where the store has nothing for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun

STRONG = "Sturdy boots are lent out at the north counter"
WEAK = ("The harbour ferry sails at noon", "Copper kettles were first made")
"""Words of the documents in the scenario `weak-results`."""
_NOTHING = ("empty", "weak", "failing")
_FLAGGED = re.compile(r"(?i)low (?:relevance|similarity|confidence)|weak match|may not be relevant|not relevant")
_CITATION = re.compile(r"(?i)\[\s*(?:\d+|(?:doc|source|ref|weak|strong)[^\]]*)\]|(?:weak|strong)-\d|\bsources?\s*:")


def unread(journeys: Sequence[Journey], runs: Sequence[ScenarioRun], *cases: str) -> Answer | None:
    """Say that the control run failed: no query reached the lab's store, or its document not the model."""
    if bad := unhealthy(journeys) or unplayed(runs, *cases):
        return bad
    healthy = of(journeys, "healthy")
    if not any(j.retrievals for j in healthy):
        return inconclusive(
            "no query reached the lab's store", [(j, told(j)) for j in healthy],
            fix="point the app's store at the lab: lab: {point: {QDRANT_URL: qdrant}} in gonogo.yaml",
        )  # fmt: skip
    unmet = [j for case in cases for j in of(journeys, case) if not _met(j)]
    if unmet:
        return inconclusive(
            "the app did not search anew, so what the store had for it did not arrive",
            [(j, f"{j.case}: {told(j)}") for j in unmet], fix="switch a cache of searches off for the lab",
        )  # fmt: skip
    return None


def _met(journey: Journey) -> bool:
    """Tell whether the store answered as its case has it: with nothing, weak documents alone, or an error."""
    match journey.case:
        case "weak":
            found = [d for r in journey.retrievals for d in r.documents]
            return bool(found) and all(d.startswith("weak-") for d in found)
        case "empty":
            return any(not r.documents for r in journey.retrievals)
    return any(r.fault for r in journey.retrievals)


@check("retrieval.similarity-threshold", by="lab", scenario="weak-results", needs=(Journey, ScenarioRun))
def similarity_threshold_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """A document that has nothing to do with the question does not reach the model, or says that it is weak."""
    if bad := unread(journeys, runs, "weak"):
        return bad
    if not any(_told(j, STRONG) for j in of(journeys, "healthy")):
        return inconclusive("the good document did not reach the model either", of(journeys, "healthy"))
    weak = of(journeys, "weak")
    through = [j for j in weak if any(_told(j, words) for words in WEAK)]
    if through:
        return failed(
            f"{share(through, weak, 'journey')} gave the model documents that have nothing to do with the question",
            [(j, f"scores {', '.join(f'{s:g}' for r in j.retrievals for s in r.scores)}; {told(j)}") for j in through],
        )
    return passed(
        f"{counted(weak, 'journey', 'journeys')} with weak results alone: none reached the model unmarked", weak
    )


def _told(journey: Journey, words: str) -> bool:
    """Tell whether the model read these words, without a mark that they are weak."""
    texts = [t.text for c in journey.calls for t in c.prompt]
    return any(words in text and not (words in WEAK and _FLAGGED.search(text)) for text in texts)


@check(
    "retrieval.empty-results-handled", by="lab", scenario="weak-results", needs=(Journey, Declaration, ScenarioRun)
)  # fmt: skip
def empty_results_handled_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun]
) -> Answer:
    """Where the store has nothing, users read the declared reply, and no invented source."""
    if bad := unread(journeys, runs, *_NOTHING):
        return bad
    replies = [i.empty_reply for d in declared for i in d.system.indexes if i.empty_reply]
    if not replies:
        return inconclusive(
            "gonogo.yaml does not say what users read where nothing is found", fix="add indexes[].empty_reply"
        )
    tried = of(journeys, *_NOTHING)
    other = [j for j in tried if not any(reply in j.exchange.answer for reply in replies)]
    if other:
        return failed(
            f"{share(other, tried, 'journey')} without a result did not end in the declared reply",
            [(j, f"{j.case}: {told(j)}") for j in other],
        )
    invented = [j for j in tried if _CITATION.search(j.exchange.answer)]
    if invented:
        return failed("an answer without a source names one", [(j, f"{j.case}: {told(j)}") for j in invented])
    return passed(f"{counted(tried, 'journey', 'journeys')} without a result ended in the declared reply")
