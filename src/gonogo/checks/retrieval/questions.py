"""What becomes of a question before the search, by the lab: what is to be mended is, and what is clean stays."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.documents import flat
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ScenarioRun


@check(
    "retrieval.query-preprocessing", by="lab", scenario="query-preprocessing", needs=(Journey, Declaration, ScenarioRun)
)  # fmt: skip
def query_preprocessing_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun]
) -> Answer:  # fmt: skip
    """The search is made with the words that the declaration says, and with a clean question as it is."""
    if bad := unhealthy(journeys) or unplayed(runs, "rewritten", "clean"):
        return bad
    rewrites = {flat(typed): flat(w) for d in declared for i in d.system.indexes for typed, w in i.rewrites.items()}
    asked = of(journeys, "rewritten", "clean")
    blind = [j for j in asked if not _searched(j)]
    if blind:
        return inconclusive(
            "what is searched for cannot be seen: no text went to the lab's embedder or store",
            [(j, told(j)) for j in blind],
            fix="point the embedder at the lab (providers[].base_url_variable), with caches off in lab.environment",
        )  # fmt: skip
    wrong = []
    for journey in asked:
        typed = flat(journey.exchange.said)
        wanted = rewrites.get(typed, typed) if journey.case == "rewritten" else typed
        if wanted not in (searched := _searched(journey)):
            wrong.append((journey, f"{typed!r} was searched for as {searched[0]!r}, not as {wanted!r}"))
    if wrong:
        harmed = all(j.case == "clean" for j, _ in wrong)
        return failed(
            "clean questions are changed before the search" if harmed else "questions are not rewritten as declared",
            wrong, fix="Correct the rewriting, or indexes[].rewrites in gonogo.yaml.",
        )  # fmt: skip
    clean = of(journeys, "clean")
    return passed(
        f"{counted(rewrites, 'question was', 'questions were')} searched for as declared, and {len(clean)} clean ones "
        "as they are"
    )


def _searched(journey: Journey) -> list[str]:
    """Return what was searched for: the texts that were embedded, and those that the store was asked with."""
    embedded = [text for call in journey.calls if call.operation == "embeddings" for text in call.inputs]
    return [flat(text) for text in (*embedded, *(r.query for r in journey.retrievals)) if text]
