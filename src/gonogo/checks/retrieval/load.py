"""Retrieval, by load: what its steps took, as the app's calls of embedder, store and reranker show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from hdrh.histogram import HdrHistogram

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.documents import filled
from gonogo.checks.loads import interval, sampled, told, unfit
from gonogo.derive.latency import Estimate, merged, percentile, share, stages
from gonogo.facts import Declaration, Fact, IndexRun, LoadRun, RetrievalRun

STEPS = ("embed", "search", "rerank")
FAILED = 0.01
"""The share of searches that may fail before the times of the others say nothing."""


@check(
    "retrieval.retrieval-latency", by="load", scenario="retrieval-latency", needs=(LoadRun, RetrievalRun, IndexRun),
    optional=(RetrievalRun, IndexRun),
)  # fmt: skip
def retrieval_latency_by_load(
    runs: list[LoadRun], steps: list[RetrievalRun], indexed: list[IndexRun], limits: Any
) -> Answer:
    """At the peak the percentiles of each step are known, and p95 of the vector search stays below its limit."""
    answer = _searches("peak", runs, steps, indexed, limits.p95_vector_search / 1000, limits.percentiles)
    return _whole(answer, indexed[0], indexed[0].wanted) if answer.outcome == "pass" else answer


@check(
    "retrieval.vector-db-sized", by="load", scenario="vector-db-sized",
    needs=(LoadRun, RetrievalRun, IndexRun, Declaration), optional=(RetrievalRun, IndexRun),
)  # fmt: skip
def vector_db_sized_by_load(
    runs: list[LoadRun], steps: list[RetrievalRun], indexed: list[IndexRun], declared: list[Declaration], limits: Any
) -> Answer:
    """An index that has grown as far as is planned for keeps the target of its searches at the peak."""
    answer = _searches("grown", runs, steps, indexed, limits.p95_vector_search / 1000, ("p50", "p95", "p99"))
    if answer.outcome != "pass":
        return answer
    index = filled(declared)
    if index is None or not index.documents:
        return inconclusive(
            "gonogo.yaml does not say how many documents the index holds", fix="add indexes[].documents"
        )
    return _whole(answer, indexed[0], limits.capacity * index.documents)


def _whole(answer: Answer, run: IndexRun, wanted: float) -> Answer:
    """Return what is said of an index, as far as it held all that it was to hold: less would be quicker."""
    if run.documents >= wanted and run.points >= run.documents:
        return answer
    some = run.documents if run.documents < wanted else run.points
    return msgspec.structs.replace(
        answer, outcome="inconclusive", fix="run it where there is time for all of them, and see what is left out",
        summary=f"of {max(wanted, run.documents):g} documents only {some} could be indexed: {answer.summary}",
    )  # fmt: skip


def _searches(
    name: str, runs: Iterable[LoadRun], steps: Sequence[RetrievalRun], indexed: Sequence[IndexRun], limit: float,
    names: Sequence[str],
) -> Answer:  # fmt: skip
    """Judge p95 of the searches in a stage by its limit in seconds, and tell the percentiles of each step."""
    played = stages(runs)
    if bad := unfit(played, name):
        return bad
    stage, figures = played[name], percentiles(steps, names)
    each: list[tuple[Fact, str]] = [(s, step_told(s, names)) for s in steps]
    found = searched(steps, indexed)
    if isinstance(found, Answer):
        return sampled(found, figures)
    step, p95 = found
    size = f"{indexed[0].points} points of {indexed[0].documents} documents"
    where = f"{in_ms(p95.value)} at {stage.rate:.3g} queries a second, over {size}"
    return sampled(judged(step, p95, limit, where, [(stage.runs[0], told(stage)), *each], steps), figures)


def judged(
    step: RetrievalRun, p95: Estimate, limit: float, where: str, shown: list[tuple[Fact, str]],
    steps: Iterable[RetrievalRun],
) -> Answer:  # fmt: skip
    """Judge p95 of the searches, in seconds. A search that fails late is slow; one that fails at once tells nothing."""
    if p95.low > limit:
        return failed(f"p95 of the vector search is {where}; the limit is {limit:g} s", shown)
    lost = share(step.failed, step.calls)
    if lost is not None and lost.low > FAILED:
        return inconclusive(f"{step.failed} of {step.calls} searches failed, so the others say too little", shown)
    if p95.high is None or p95.high >= limit:
        return inconclusive(f"the sample cannot decide: p95 of the search is {where} (n = {p95.n})", shown, MORE)
    seen = {s.step for s in steps if s.by == "queries"}
    unseen = "".join(f"; no {name} call arrived at the lab" for name in STEPS if name not in seen)
    return passed(f"p95 of the vector search is {where}{unseen}", shown)


MORE = "search more: a longer stage, a higher load: in gonogo.yaml, and a cache of searches switched off for load runs"
_OWN = (
    "declare the process of the store itself, load: {store: {name: NAME, start: [COMMAND], port: PORT}}, and point the "
    "app at the lab: lab: {point: {YOUR_STORE_URL: qdrant}}"
)


def searched(steps: Iterable[RetrievalRun], indexed: Sequence[IndexRun]) -> tuple[RetrievalRun, Estimate] | Answer:
    """Return the searches in the app's own store with their p95 in seconds; or say why it is not known."""
    found = next((s for s in steps if s.step == "search" and s.by == "queries"), None)
    p95 = percentile(_histogram(found), 95) if found else None
    if found is None or p95 is None:
        return inconclusive("no search arrived at the lab: what the app asks elsewhere is not seen", fix=_OWN)
    if not found.service:
        return inconclusive("the lab's own store answered, whose times say nothing of the app's", fix=_OWN)
    if not indexed:
        return inconclusive(
            "nothing was indexed, and what an empty store takes says nothing",
            fix="add indexes[].ingest: the command that makes the index hold the documents of a {folder}",
        )
    if not indexed[0].points:
        return inconclusive("nothing of what the indexer wrote arrived at the lab", fix=_OWN)
    return found, p95


def percentiles(steps: Iterable[RetrievalRun], names: Iterable[str]) -> list[str]:
    """Return the percentiles of each step with n and interval, and say who answered."""
    return [
        f"{interval(f'{step.step} {name}', seen)}{_by(step)}"
        for step in steps
        for name in names
        if step.by == "queries" and (seen := percentile(_histogram(step), float(name.removeprefix("p"))))
    ]


def in_ms(seconds: float) -> str:
    """Return a duration in milliseconds, with two digits at least."""
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.01 else f"{1000 * seconds:.2g} ms"


def step_told(step: RetrievalRun, names: Iterable[str]) -> str:
    """Say what the calls of a step took."""
    seen = ((name, percentile(_histogram(step), float(name.removeprefix("p")))) for name in names)
    said = ", ".join(f"{name} {in_ms(found.value)}" for name, found in seen if found)
    whose = " of the indexer" if step.by == "indexer" else ""
    return f"{step.step}{whose}{_by(step)}: {step.calls} calls, {step.failed} failed, {said}"


def _by(step: RetrievalRun) -> str:
    return f" in {step.service}" if step.service else " at the lab's stand-in"


def _histogram(step: RetrievalRun) -> HdrHistogram:
    return merged([step.latency])
