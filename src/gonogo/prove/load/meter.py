"""What the calls of retrieval took in a stage, by step and by whose they are: histograms, for they are many."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gonogo.facts import RetrievalRun
from gonogo.prove.lab.room import Room
from gonogo.prove.load.documents import MARK
from gonogo.prove.load.tally import Latencies

_STEPS = {"embeddings": "embed", "query": "search", "rerank": "rerank"}
"""Steps of retrieval by the operations of stand-ins."""


@dataclass
class _Count:
    calls: int = 0
    texts: int = 0
    failed: int = 0
    latency: Latencies = field(default_factory=Latencies)


class Meter:
    """Counts calls; `points` are the ids of all points that were ever written to the store."""

    def __init__(self) -> None:
        """Begin with none."""
        self.points: set[Hashable] = set()
        self._counts: dict[tuple[str, str], _Count] = {}

    def begin(self) -> None:
        """Begin a stage: what came before counts no more, but for the points."""
        self._counts = {}

    def calls(self, step: str) -> int:
        """Return how many calls of a step were counted."""
        return sum(count.calls for (named, _), count in self._counts.items() if named == step)

    def saw(
        self, operation: str, seconds: float, good: bool, texts: Sequence[str] = (), points: Iterable[Hashable] = ()
    ) -> None:
        """Take one call. An embedding is the indexer's where its text is of a document that the load run made."""
        self.points.update(points)
        if step := _STEPS.get(operation):
            by = "indexer" if any(MARK in text for text in texts) else "queries"
            count = self._counts.setdefault((step, by), _Count())
            count.calls += 1
            count.texts += len(texts)
            count.failed += not good
            count.latency.add(seconds)

    def runs(self, room: Room, stage: str, seconds: float) -> Iterator[RetrievalRun]:
        """Yield what was counted since the stage began."""
        for (step, by), count in sorted(self._counts.items()):
            own = room.own_store.service if room.own_store and step == "search" else ""
            yield RetrievalRun(
                seen_at=room.now(), run=room.run, scenario=room.scenario, case=stage, stage=stage, step=step, by=by,
                calls=count.calls, texts=count.texts, failed=count.failed, seconds=round(seconds, 3),
                latency=count.latency.encoded(), service=own,
            )  # fmt: skip
