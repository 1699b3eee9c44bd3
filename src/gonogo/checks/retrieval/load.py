"""Retrieval, by load: what its steps took, as the app's calls of embedder, store and reranker show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hdrh.histogram import HdrHistogram

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.documents import filled
from gonogo.checks.loads import errors, interval, length, objective, sampled, told, unfit
from gonogo.derive.latency import Estimate, Stage, merged, percentile, share, stages
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


@check(
    "retrieval.embedding-capacity", by="load", scenario="embedding-capacity",
    needs=(LoadRun, RetrievalRun, IndexRun, Declaration), optional=(RetrievalRun, IndexRun),
)  # fmt: skip
def embedding_capacity_by_load(
    runs: list[LoadRun], steps: list[RetrievalRun], indexed: list[IndexRun], declared: list[Declaration], limits: Any
) -> Answer:
    """While documents are indexed, queries at the peak stay within their objective, and the embedder has room."""
    played = stages(runs)
    if bad := unfit(played, "indexing"):
        return bad
    stage, index = played["indexing"], filled(declared)
    cap, most = (index.ingest_requests_per_minute, index.embedding_requests_per_minute) if index else (None, None)
    if cap is None or most is None:
        return inconclusive("gonogo.yaml does not say what the embedder takes, and what the indexer may take", fix=_CAP)
    job = next((i for i in indexed if i.beside), None)
    embeds = {s.by: s for s in steps if s.step == "embed"}
    if job is None or "indexer" not in embeds:
        return inconclusive("no text of the documents arrived at the lab's embedder while they were indexed", fix=_CAP)
    found = _crowded(stage, embeds, job, cap, most, objective(declared, "latency-p95"), limits)
    each: list[tuple[Fact, str]] = [(s, step_told(s, ("p50", "p95", "p99"))) for s in steps]
    shown = [(stage.runs[0], told(stage)), *each]
    if found.wrong:
        return sampled(failed(f"while documents are indexed {'; '.join(found.wrong)}", shown), found.figures)
    if found.unsure:
        return sampled(inconclusive(f"the run cannot decide: {'; '.join(found.unsure)}", shown), found.figures)
    rates = f"{embeds['indexer'].calls} requests of the indexer in {length(job.seconds)}"
    return sampled(passed(f"{stage.good} of {stage.sent} queries answered well beside {rates}", shown), found.figures)


_CAP = "add indexes[].embedding_requests_per_minute, ingest_requests_per_minute and ingest"
OVERLAP = 0.8
"""The share of a stage for which the indexer must have worked."""
BURST_S = 5
"""For so many seconds what was saved up of a rate may be sent at once."""


@dataclass
class _Found:
    wrong: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    def judge(self, said: str, found: Estimate, limit: float) -> None:
        """Put a figure among those that are surely above their limit, or among those of which that cannot be told."""
        if found.low > limit:
            self.wrong.append(said)
        elif found.high is None or found.high > limit:
            self.unsure.append(f"{said} (n = {found.n})")


def _crowded(
    stage: Stage, embeds: dict[str, RetrievalRun], job: IndexRun, cap: float, most: float, target: float | None,
    limits: Any,
) -> _Found:  # fmt: skip
    """Return what became of queries, indexer and embedder while all were at work."""
    found = _Found()
    lost, waited = errors(stage), percentile(stage.latency, 95)
    found.figures.append(interval("errors of queries", lost, "%"))
    found.judge(f"{lost.value:.1%} of the queries fail", lost, limits.query_error_rate / 100)
    if target is None:
        found.unsure.append("there is no objective latency-p95 for queries")
    elif waited is not None:
        found.figures.append(interval("p95 of queries", waited))
        found.judge(f"p95 of the queries is {waited.value:.3g} s, the objective {target:g} s", waited, target)
    sent, allowed = embeds["indexer"].calls, cap * (min(job.seconds, stage.seconds) + BURST_S) / 60
    if limits.indexing_rate == "capped" and sent > allowed:
        found.wrong.append(f"the indexer sends {60 * sent / job.seconds:.0f} requests a minute, its cap is {cap:g}")
    elif job.exit_code:
        found.unsure.append(f"the indexer ended with {job.exit_code}: {job.said}")
    elif job.seconds < OVERLAP * stage.seconds:
        found.unsure.append(f"the indexer worked for {length(job.seconds)} of {length(stage.seconds)}")
    total, room = sum(s.calls for s in embeds.values()), most * stage.seconds / 60
    used = share(min(total, int(room)), int(room))
    if used is not None:
        found.figures.append(interval("use of the embedder", used, "%"))
        found.judge(
            f"queries and indexer use {used.value:.0%} of what the embedder takes, so {1 - used.value:.0%} are left",
            used, 1 - limits.headroom / 100,
        )  # fmt: skip
    return found
