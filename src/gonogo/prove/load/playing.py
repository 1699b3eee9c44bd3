"""Plays the stages of one scenario against a place, and makes a `LoadRun` of each stage or slice."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from time import monotonic

from gonogo.errors import CollectError
from gonogo.facts import IndexRun
from gonogo.prove.lab.script import Fault
from gonogo.prove.load import arrival
from gonogo.prove.load.generator import Generator
from gonogo.prove.load.mix import Line, answers
from gonogo.prove.load.place import Place
from gonogo.prove.load.recording import Played
from gonogo.prove.load.sampler import Sampler
from gonogo.prove.load.stages import RAMP_FROM, SPIKE, Stage
from gonogo.prove.load.tally import Tally
from gonogo.prove.load.wire import Request

_BROKEN = 0.5
"""Where a step of concurrency leaves this share without a good answer, no higher step is played."""


@dataclass
class Playing:
    """One scenario while it is played; `cut` are stages that were left out, each with the reason."""

    place: Place
    lines: Sequence[Line]
    tell: Callable[[str], None]
    at_once: Callable[[Generator, Played], Awaitable[float]]
    """Plays a stage of runs that leave together, and returns how long that took."""
    cut: dict[str, str] = field(default_factory=dict)
    done: list[Played] = field(default_factory=list)
    marked: bool = False
    indexed: list[IndexRun] = field(default_factory=list)

    async def play(self, stages: Sequence[Stage]) -> None:
        """Play all stages, one right after the other; raises `CollectError` where the app does not work unloaded."""
        generator = Generator(self.place.address)
        try:
            await self._filled(stages[0])
            await self._unloaded(generator)
            for number, stage in enumerate(stages):
                reason = await self._stage(generator, stage)
                if reason:
                    self.cut |= {left.name: reason for left in stages[number + 1 :]}
                    break
            await generator.drain()
        finally:
            await generator.close()

    async def _filled(self, first: Stage) -> None:
        """Let the index hold what the first stage asks of it, where the app's own indexer can be run."""
        if first.documents and self.place.indexing is not None:
            self.tell(f"indexing {first.documents} documents")
            self.indexed.append(await self.place.indexing.fill(first.name, first.documents))

    async def _unloaded(self, generator: Generator) -> None:
        """Send each declared line once, alone: what does not work now would be no finding about load."""
        self.tell("each journey once, without load")
        tally, of_model = Tally(), list[bool]()
        asked = [
            line.counted(tally, answers(line.answer, seen=of_model.append)) for line in self.lines if not line.varied
        ]
        for request in asked:
            await generator.play([(0.0, request)])
            await generator.drain()
        if tally.good < len(asked):
            said = ", ".join(f"{number} x {name}" for name, number in tally.errors.most_common(3))
            raise CollectError(
                f"without load, {len(asked) - tally.good} of {len(asked)} requests got no good answer: {said}",
                mend="gonogo lab",
            )
        self.marked = bool(of_model) and all(of_model)

    async def _stage(self, generator: Generator, stage: Stage) -> str:
        """Play one stage; return why no further one is to be played, nothing where one is."""
        played = Played(stage, [{} for _ in range(stage.slices)], sampler=Sampler(self.place.pids))
        self.done.append(played)
        if stage.indexing and self.place.indexing is not None:
            await self.place.indexing.lay_for(stage.indexing * stage.seconds / 60)
        self._limited(stage)
        if self.place.meter is not None:
            self.place.meter.begin()
        job = asyncio.create_task(self._beside(stage))
        watching = [asyncio.create_task(played.sampler.follow()), asyncio.create_task(self._told(played))]
        try:
            if stage.arrival == "held":
                requests = cycle(self._requests(played, 0))
                played.seconds = await generator.hold(requests, stage.concurrent, stage.seconds)
                await generator.drain()  # before more is sent, that each step be seen alone
            elif stage.arrival == "at-once":
                played.seconds = await self.at_once(generator, played)
            else:
                played.seconds = max(stage.seconds, await generator.play(self._schedule(played)))
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        await job
        if stage.documents:
            await generator.drain()  # that what was asked in this stage be counted in it
        if self.place.meter is not None and self.place.room is not None:
            played.steps = list(self.place.meter.runs(self.place.room, stage.name, played.seconds))
        return self._over(played)

    async def _beside(self, stage: Stage) -> None:
        """Let the app's own indexer work while the stage is played."""
        if stage.indexing and self.place.indexing is not None:
            self.indexed.append(await self.place.indexing.beside(stage.name, stage.seconds))

    def _limited(self, stage: Stage) -> None:
        """Let the embedder take as much as it does in the stage, and ten seconds' worth of it at once."""
        if stage.embedding and self.place.room is not None:
            limit = Fault(
                fault="rate-limit", operations=("embeddings",), requests_per_minute=math.ceil(stage.embedding),
                burst=math.ceil(stage.embedding / 6), shared=True,
            )  # fmt: skip
            room = self.place.room
            room.play(room.scenario, stage.name, replace(room.script, faults=(limit,)))

    def _over(self, played: Played) -> str:
        if not self.place.running():
            return f"the app ended during {played.stage.name}"
        sent, good = played.count("sent"), played.count("good")
        if played.stage.arrival == "held" and good < sent * (1 - _BROKEN):
            return f"at {played.stage.concurrent} at once only {good} of {sent} were answered well"
        return ""

    def _requests(self, played: Played, number: int) -> list[Request]:
        """Return what is sent in one slice, each line counting into the tally of its journey."""
        made = []
        for line in self.lines:
            tally = played.slices[number].setdefault((line.journey, line.route), Tally())
            made.append(line.counted(tally, answers(line.answer, self.marked)))
        return made

    def _schedule(self, played: Played) -> Iterator[tuple[float, Request]]:
        stage = played.stage
        each = [self._requests(played, number) for number in range(stage.slices)]
        width = stage.slice_s or stage.seconds
        for number, due in enumerate(_moments(stage)):
            requests = each[min(int(due / width), len(each) - 1)]
            yield due, requests[number % len(requests)]

    async def _told(self, played: Played) -> None:
        begun, stage = monotonic(), played.stage
        while True:
            sent, good = played.count("sent"), played.count("good")
            self.tell(f"{stage.name}: {monotonic() - begun:.0f} of {stage.seconds:.0f} s, {sent} sent, {good} good")
            await asyncio.sleep(1.0)


def _moments(stage: Stage) -> Iterable[float]:
    """Return when the requests of a stage are due."""
    match stage.arrival:
        case "constant":
            return arrival.constant(stage.rate, stage.seconds)
        case "ramp":
            return arrival.ramp(RAMP_FROM * stage.rate, stage.rate, stage.seconds)
        case "spike":
            parts = (0.4 * stage.seconds, 0.2 * stage.seconds, 0.4 * stage.seconds)
            return arrival.spike(stage.rate, SPIKE, *parts)
        case "trace":
            return stage.moments
    return arrival.poisson(stage.rate, stage.seconds)
