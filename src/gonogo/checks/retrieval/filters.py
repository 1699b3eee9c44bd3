"""Filters on metadata and tenant, by the lab: exactly the documents that fit reach the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.documents import filled, told
from gonogo.checks.journeys import of, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, LabDocument, ScenarioRun
from gonogo.facts.declaration import Index

LAST, FIRST = "2025-11-01", "2025-03-31"
_FITS: dict[str, Callable[[LabDocument], bool]] = {
    "since": lambda d: d.date >= LAST,
    "until": lambda d: d.date <= FIRST,
    "any": lambda d: d.category in ("travel", "pay"),
    "none": lambda d: d.category != "house",
}
"""What the scenario asks for by each filter."""
_WORDS = {
    "since": f"dates from {LAST}", "until": f"dates up to {FIRST}", "any": "either of two categories",
    "none": "no document of a category",
}  # fmt: skip
_DATES, _CATEGORIES = ("since", "until"), ("any", "none")


@check(
    "retrieval.filters-correct", by="lab", scenario="filters-correct",
    needs=(Journey, Declaration, LabDocument, ScenarioRun),
)  # fmt: skip
def filters_correct_by_lab(
    journeys: list[Journey], declared: list[Declaration], documents: list[LabDocument], runs: list[ScenarioRun],
    limits: Any,
) -> Answer:  # fmt: skip
    """With each filter exactly the documents that fit reach the model, and only those of the reader's tenant."""
    if bad := unhealthy(journeys):
        return bad
    index = filled(declared)
    wanted = _wanted(index) if index else []
    offered = {str(kind): more for kind, more in index.narrowing.items()} if index else {}
    if undeclared := [kind for kind in wanted if kind not in offered]:
        return inconclusive(
            f"gonogo.yaml does not say how a user filters: {', '.join(undeclared)}",
            fix=f"add indexes[].narrowing.{undeclared[0]} to gonogo.yaml; {{}} where the app has no such filter",
        )
    kinds = [kind for kind in wanted if offered[kind]]
    played = {case for run in runs for case in run.cases}
    tenants = sorted({d.tenant for d in documents if d.tenant})
    if index and "tenant" in index.filters and len(tenants) < 2:
        return inconclusive(
            "documents of one tenant alone were indexed, so that none of another's could leak",
            fix="declare two identities with a tenant each, and the identity of the first journey, in gonogo.yaml",
        )
    if not kinds and len(tenants) < 2:
        return inconclusive("no filter is declared", fix="add indexes[].filters and indexes[].narrowing to gonogo.yaml")
    if unplayed := [kind for kind in kinds if kind not in played]:
        return inconclusive(f"not every filter was played: {', '.join(unplayed)}")
    return _judged(journeys, documents, kinds, limits)


def _wanted(index: Index) -> list[str]:
    """Return the filters that are to be tried, by the fields that queries filter on."""
    others = [f for f in index.filters if f not in ("date", "tenant")]
    return [*(_DATES if "date" in index.filters else ()), *(_CATEGORIES if others else ())]


def _judged(
    journeys: Sequence[Journey], documents: Sequence[LabDocument], kinds: list[str], limits: Any
) -> Answer:  # fmt: skip
    (plain, *_) = of(journeys, "healthy")
    mine = documents[0].tenant
    plainly = told(plain, documents)
    wrong: list[tuple[Journey, str]] = []
    unclear: Answer | None = None
    foreign = {d.name for d in documents if d.tenant != mine}
    if plainly & foreign:
        wrong.append((plain, f"without a filter, of another tenant: {_names(plainly & foreign)}"))
    for journey in of(journeys, *kinds):
        fitting = {d.name for d in documents if d.tenant == mine and _FITS[journey.case](d)}
        seen = told(journey, documents)
        if len(plainly) <= len(fitting):
            unclear = inconclusive(
                f"without a filter {counted(plainly, 'document reaches', 'documents reach')} the model, so that it "
                f"cannot be seen whether a filter for {len(fitting)} does anything",
                [plain], fix="let the search return at least three documents",
            )  # fmt: skip
        what = _WORDS[journey.case]
        if seen - fitting:
            wrong.append((journey, f"{what}: {_names(seen - fitting)} reached the model and {_do(seen - fitting)} fit"))
        if fitting - seen:
            wrong.append((journey, f"{what}: {_names(fitting - seen)} did not reach the model"))
    for journey in of(journeys, "other-tenant"):
        seen = told(journey, documents)
        if seen - foreign:
            wrong.append((journey, f"a reader of another tenant got {_names(seen - foreign)}"))
        if not seen:
            unclear = inconclusive("nothing reached the model for the reader of the other tenant", [journey])
    if len(wrong) > limits.wrong_results:
        leaks = any("tenant" in words for _, words in wrong)
        return failed(
            "documents of another tenant reach the model" if leaks else "filters let the wrong documents through", wrong
        )
    if unclear is not None:
        return unclear
    tried = of(journeys, *kinds, "other-tenant")
    return passed(
        f"{counted(tried, 'filtered question', 'filtered questions')}: exactly the documents that fit reached the "
        f"model, and {len(plainly)} without a filter", tried,
    )  # fmt: skip


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _do(names: set[str]) -> str:
    return "does not" if len(names) == 1 else "do not"
