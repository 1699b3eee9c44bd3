"""Load as a collector: plays scenarios one after the other, and yields each one's facts.

Every scenario is a run of its own, named `load:SCENARIO`: to play one again renews its evidence and no other's.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from gonogo.errors import CollectError, UsageError
from gonogo.facts import Fact, Method, ScenarioRun, System
from gonogo.prove.base import Target

if TYPE_CHECKING:
    from gonogo.prove.lab.room import Room
    from gonogo.prove.load.place import Place
    from gonogo.prove.load.playing import Playing
    from gonogo.prove.load.stages import Scenario, Stage

START_S = 5.0
"""What starting an app and asking it without load takes, about."""


@dataclass(frozen=True)
class Load:
    """Sends the load that gonogo.yaml declares, open loop, to a contained copy of the app or a disposable environment.

    `scenario` is a scenario, a control that one proves, or `all` (but the soak). `quick` cuts stages to ten seconds,
    `seconds` sets the length of each. `own` is played instead where it is given, and proves no control. `journey` is
    the only one that is sent.
    """

    method: ClassVar[Method] = "load"
    name: ClassVar[str] = "load"
    scenario: str = "all"
    quick: bool = False
    seconds: float | None = None
    own: Stage | None = None
    journey: str | None = None

    def plan(self, system: System) -> list[tuple[Scenario, tuple[Stage, ...]]]:
        """Return the scenarios and their stages; raises `UsageError` where no load is declared."""
        from gonogo.prove.load.stages import Scenario, chosen, stages

        if own := self.own:
            return [(Scenario(own.name, "as it was asked for", (), lambda *_: iter([own])), (own,))]
        wanted = [s for s in chosen(self.scenario) if self.scenario != "all" or s.concerns(system)]
        found = [(s, stages(s, system, self.quick, self.seconds)) for s in wanted]
        planned = [(scenario, stages) for scenario, stages in found if stages]
        if not planned:
            raise UsageError("gonogo.yaml declares no index to search", mend="add it under indexes: in gonogo.yaml")
        return planned

    def collect(self, target: Target) -> Iterator[Fact]:
        """Play the plan; yields the facts of each scenario, its run last, as it ends."""
        if target.declaration is None:
            raise CollectError("load needs to know how the app starts and what users do with it", mend="gonogo init")
        plan = self.plan(target.declaration.system)
        if target.environment is not None:
            from gonogo.prove.load.place import admitted

            admitted(target.environment)
        try:
            import uvloop
        except ImportError:
            raise CollectError("the load generator is not installed", mend="pip install 'gonogo[lab]'") from None
        for scenario, stages in plan:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                facts = runner.run(_played(target, target.declaration.system, scenario, stages, self.journey))
            yield from facts


def expected_s(stages: tuple[Stage, ...]) -> float:
    """Return about how long a scenario takes, in seconds."""
    return START_S + sum(s.seconds for s in stages)


async def _played(
    target: Target, system: System, scenario: Scenario, stages: tuple[Stage, ...], journey: str | None
) -> list[Fact]:
    from gonogo.prove.load.documents import questions
    from gonogo.prove.load.mix import lines
    from gonogo.prove.load.place import room_for
    from gonogo.prove.load.playing import Playing
    from gonogo.prove.load.recording import runs
    from gonogo.prove.load.together import Together

    run = "case" if target.run == "case" else f"load-{uuid.uuid4().hex[:16]}"
    started, begun = target.now(), monotonic()
    room = room_for(target, run, scenario.name)
    problem, playing, kind, together = None, None, "", None
    asked = questions() if stages[0].documents else ()
    try:
        async with _place(target, system, room) as place:
            kind = place.contained
            together = Together(system, room, place, journey)
            playing = Playing(
                place,
                lines(system, place.host, journey, asked),
                lambda said: target.tell(f"load: {scenario.name}: {said}"),
                together.play,
            )
            await playing.play(stages)
    except CollectError as error:
        problem = error.message
    facts: list[Fact] = [r for played in (playing.done if playing else ()) for r in runs(played, room)]
    facts += together.seen if together else []
    facts += playing.indexed if playing else ()
    ended = ScenarioRun(
        seen_at=target.now(), run=run, scenario=scenario.name, cases=tuple(_names(playing)),
        cut=dict(playing.cut) if playing else {}, contained=kind, problem=problem,
        seconds=round(monotonic() - begun, 2), journeys=sum(p.count("sent") for p in playing.done) if playing else 0,
    )  # fmt: skip
    return target.part(run, "load", scenario.name, started, [*facts, ended], problem)


def _names(playing: Playing | None) -> list[str]:
    return [p.stage.name for p in playing.done] if playing else []


@asynccontextmanager
async def _place(target: Target, system: System, room: Room) -> AsyncIterator[Place]:
    from gonogo.prove.load.place import admitted, copy_of

    if target.environment is not None:
        yield admitted(target.environment)
        return
    async with copy_of(target.root, system, room) as place:
        yield place
