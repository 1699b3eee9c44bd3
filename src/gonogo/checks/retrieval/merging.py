"""Results of the parts of a question, by the lab: merged without loss, without repetition, and in their order."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.documents import flat
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Retrieval, ScenarioRun

TEXTS = {
    "part-1": "Tulips are watered at dawn by the gardener.",
    "part-2": "Roses are pruned on frosty mornings in March.",
    "part-3": "Violins are tuned before the doors open.",
    "part-4": "Drums are carried up the back stairs.",
    "part-5": "The caretaker has a list of everything.",
}
"""What the documents of the scenario `multi-query-merge` say, by id."""
_CASES = ("healthy", "overlapping", "first fails", "second fails")


@check("retrieval.multi-query-merge", by="lab", scenario="multi-query-merge", needs=(Journey, ScenarioRun))
def multi_query_merge_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """The model reads each document that any part found, once, each part's in the order of its results."""
    if bad := unhealthy(journeys) or unplayed(runs, *_CASES):
        return bad
    tried = of(journeys, *_CASES)
    whole = [j for j in of(journeys, "healthy", "overlapping") if len(_searches(j)) < 2]
    if whole:
        return inconclusive(
            "the declared question was not split: the store was asked once, or for all parts at once",
            [(j, f"{j.case}: {told(j)}") for j in whole],
            fix="name another question in indexes[].compound, and switch caches off in lab.environment",
        )  # fmt: skip
    unmet = [j for j in of(journeys, "first fails", "second fails") if not j.hit]
    if unmet:
        return inconclusive("no part of the question failed", [(j, f"{j.case}: {told(j)}") for j in unmet])
    parts = max(len(_searches(j)) for j in of(journeys, "healthy", "overlapping"))
    ended = [j for j in of(journeys, "first fails", "second fails") if len(_searches(j)) < parts]
    if ended:
        return failed(
            "where one part of a question fails, the others are not searched for",
            [(j, f"{j.case}: {told(j)}") for j in ended],
        )
    missing = [(j, f"{j.case}: {id} is missing") for j in tried for id in _found(j) if not _places(j, id)]
    if len(missing) > limits.missing:
        return failed("documents that a part of the question found do not reach the model", missing)
    twice = [
        (j, f"{j.case}: {id} stands there {n} times") for j in tried for id in TEXTS if (n := len(_places(j, id))) > 1
    ]
    if len(twice) > limits.duplicates:
        return failed("the model reads the same document more than once", twice)
    mixed = [(j, f"{j.case}: {' before '.join(pair)}") for j in tried for pair in _swapped(j)]
    if mixed:
        return failed(
            "merged results lose the order of the parts", mixed,
            fix="Merge by score or by rank, so that a better result of a part stays before a worse one.",
        )  # fmt: skip
    return passed(
        f"{len(tried)} questions of several parts: every document that a part found, once and in order, also when a "
        "part failed"
    )


def _searches(journey: Journey) -> list[Retrieval]:
    return [r for r in journey.retrievals if r.operation == "query"]


def _found(journey: Journey) -> list[str]:
    """Return the ids that came back from a search that did not fail."""
    return list(dict.fromkeys(id for r in _searches(journey) if not r.fault for id in r.documents if id in TEXTS))


def _places(journey: Journey, id: str) -> list[int]:
    """Return where a document stands in what the model read last."""
    prompts = [flat("\n".join(t.text for t in call.prompt)) for call in journey.calls if call.operation == "chat"]
    text, places, start = prompts[-1] if prompts else "", [], 0
    while (at := text.find(TEXTS[id], start)) >= 0:
        places.append(at)
        start = at + 1
    return places


def _swapped(journey: Journey) -> list[tuple[str, str]]:
    """Return pairs of documents of one part that the model reads in another order than the store gave them."""
    swapped = []
    for search in _searches(journey):
        ids = [id for id in search.documents if id in TEXTS and not search.fault and _places(journey, id)]
        for n, better in enumerate(ids):
            swapped += [(worse, better) for worse in ids[n + 1 :] if _places(journey, worse) < _places(journey, better)]
    return swapped
