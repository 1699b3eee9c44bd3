"""What was counted in a stage, as facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gonogo.derive.latency import merged
from gonogo.facts import LoadRun, RetrievalRun
from gonogo.prove.lab.room import Room
from gonogo.prove.load.sampler import Sampler, Series
from gonogo.prove.load.stages import Stage
from gonogo.prove.load.tally import Latencies, Tally

Tallies = dict[tuple[str, str], Tally]
"""Tallies by journey and route."""


@dataclass
class Played:
    """A stage that was played: the tallies of each slice, samples of the app, and how long it took."""

    stage: Stage
    slices: list[Tallies]
    sampler: Sampler
    seconds: float = 0.0
    steps: list[RetrievalRun] = field(default_factory=list)
    """What the calls of retrieval took that arrived at the lab."""

    def count(self, name: str) -> int:
        """Return the sum of a count over all journeys and slices."""
        return sum(getattr(t, name) for tallies in self.slices for t in tallies.values())


def runs(played: Played, room: Room) -> Iterator[LoadRun | RetrievalRun]:
    """Yield what a stage showed: all journeys together, slice by slice; and each journey, where it was not sliced.

    Of a stage that searches an index, what each step of retrieval took follows.
    """
    stage = played.stage
    width = stage.slice_s or played.seconds
    for number, tallies in enumerate(played.slices):
        yield _run(played, room, list(tallies.values()), number * width, width, samples=True)
        if stage.slice_s is not None:
            tallies.clear()  # histograms are large, and a long run has many slices
    if stage.slice_s is None:
        for (journey, route), tally in played.slices[0].items():
            yield _run(played, room, [tally], 0.0, width, journey=journey, route=route)
    if stage.documents:
        yield from played.steps


def _run(
    played: Played, room: Room, tallies: Sequence[Tally], begun: float, width: float, *, journey: str = "",
    route: str = "", samples: bool = False,
) -> LoadRun:  # fmt: skip
    stage, sampler = played.stage, played.sampler
    sent = sum(t.sent for t in tallies)
    share = sent / max(1, played.count("sent")) if journey else 1.0

    def within(series: Series) -> tuple[tuple[float, float], ...]:
        last = stage.slice_s is None or begun + 1.5 * width > stage.seconds
        return tuple((at, value) for at, value in series if begun <= at and (last or at < begun + width)) * samples

    return LoadRun(
        seen_at=room.now(), run=room.run, scenario=room.scenario, case=stage.name, stage=stage.name,
        arrival=stage.arrival, journey=journey, route=route, rate=round(stage.rate * share, 4),
        achieved=round(sent / width, 4) if width else 0.0, begun_s=round(begun, 3), seconds=round(width, 3), sent=sent,
        answered=sum(t.answered for t in tallies), good=sum(t.good for t in tallies),
        errors=dict(sum((t.errors for t in tallies), Counter[str]())),
        latency=_together(t.latency for t in tallies), service=_together(t.service for t in tallies),
        first_token=_together(t.first_token for t in tallies), token_gap=_together(t.token_gap for t in tallies),
        refusal=_together(t.refusal for t in tallies), late_ms=round(1000 * max(t.late_s for t in tallies), 3),
        late_share=round(sum(t.late for t in tallies) / max(1, sent), 6),
        concurrent=max(t.concurrent for t in tallies), cpu=within(sampler.cpu), memory_mb=within(sampler.memory_mb),
        files=within(sampler.files), connections=within(sampler.connections),
    )  # fmt: skip


def _together(each: Iterable[Latencies]) -> str:
    """Return the sum of histograms in its compressed form, empty where nothing was counted."""
    total = merged(latencies.encoded() for latencies in each)
    return bytes(total.encode()).decode("ascii") if total.get_total_count() else ""
