"""The lab as a collector: plans, plays scenarios side by side in rooms of their own, and yields each one's facts.

Every scenario is a run of its own, named `lab:SCENARIO`: to play one again renews its evidence and no other's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from gonogo import catalog
from gonogo.derive import prices, tokens
from gonogo.derive.applying import outside
from gonogo.derive.factset import FactSet
from gonogo.errors import CollectError
from gonogo.facts import Declaration, Fact, Method, ScenarioRun, System
from gonogo.prove.base import Target
from gonogo.prove.lab.spare import Spare

if TYPE_CHECKING:
    from gonogo.facts.declaration import Environment
    from gonogo.prove.lab.room import Room
    from gonogo.prove.lab.scenario import Scenario
    from gonogo.prove.lab.session import Session
    from gonogo.prove.lab.standins.house import Listening


@dataclass(frozen=True)
class Lab:
    """Crash-tests the user's own app: faults, attacks and load on its model, tools and stores, seen from both sides.

    `scenarios` are names, `areas` catalogue areas; all scenarios where neither is given. `quick` cuts long waits and
    large sets, and says so. `case` and `journey` narrow a scenario down, to show one thing again.
    """

    method: ClassVar[Method] = "lab"
    name: ClassVar[str] = "lab"
    scenarios: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    quick: bool = False
    case: str | None = None
    journey: str | None = None

    def plan(self, home: Path, declaration: Declaration, environment: Environment | None = None) -> Plan:
        """Return what will be played, and what will not, with the reason.

        It goes to the app that runs in `environment`, where one is given; raises `UsageError` where it must not.
        """
        from gonogo.prove.lab.needs import missing
        from gonogo.prove.lab.scenario import chosen, load

        system, listens = declaration.system, None
        if environment is not None:
            from gonogo.prove.lab.running import as_running, listening

            listens, system = listening(system, environment), as_running(system)
        asked = chosen(load(home), self.scenarios, self.areas)
        elsewhere = _elsewhere(asked, home, FactSet([declaration]))
        mine = [s for s in asked if s.scenario not in elsewhere]
        lacking = {s.scenario: said for s in mine if (said := missing(s, system, runs=listens is not None))}
        playable = [s for s in mine if s.scenario not in lacking]
        if listens:  # what an app may be slow to get over comes last
            ordered = sorted(playable, key=lambda s: (s.attacks, expected_s(s, system, self.quick)))
            return Plan(tuple(ordered), lacking, elsewhere, 1, listens)
        ordered = sorted(playable, key=lambda s: -expected_s(s, system, self.quick))  # the longest first, side by side
        return Plan(tuple(ordered), lacking, elsewhere, rooms(system))

    def collect(self, target: Target) -> Iterator[Fact]:
        """Play the plan; yields the facts of each scenario, its run last, as it ends.

        It goes to the app that runs in the target's environment, where it names one; raises `UsageError` where that app
        is not pointed at the lab.
        """
        if target.declaration is None:
            raise CollectError("the lab needs to know how the app starts and what users do with it", mend="gonogo init")
        system = target.declaration.system
        plan = self.plan(target.home or target.root, target.declaration, target.environment)
        for name, reason in plan.lacking.items():
            yield from _left_out(target, name, reason)
        with asyncio.Runner() as runner:
            playing = _Playing(self, target, system, plan)
            runner.run(playing.begin())
            try:
                while (facts := runner.run(playing.next())) is not None:
                    yield from facts
            finally:
                runner.run(playing.end())


@dataclass(frozen=True)
class Plan:
    """What is played, in this order, and in how many rooms; and what is not, by name, with the reason."""

    scenarios: tuple[Scenario, ...]
    lacking: dict[str, str]
    """What gonogo.yaml does not declare enough for."""
    elsewhere: dict[str, str]
    """What proves nothing that concerns this system."""
    rooms: int
    listens: Listening | None = None
    """Where the lab listens, for an app that runs already."""

    def seconds(self, system: System, quick: bool) -> float:
        """Return about how long it takes, in seconds: waits side by side in the rooms."""
        each = [expected_s(s, system, quick) for s in self.scenarios]
        return max(max(each, default=0.0), sum(each) / self.rooms)


LOOK_S = 0.5
MOST_MORE = 12
"""So many rooms are opened besides, while the machine has time to spare."""

_SOON_S = 3.0
START_S = 3.0
"""What starting an app and asking it a few times takes, about."""


def expected_s(scenario: Scenario, system: System, quick: bool) -> float:
    """Return about how long a scenario takes, in seconds, when the app waits as long as it may."""
    from gonogo.prove.lab.play import QUICK_WAIT_S

    deadline = max((j.deadline_s for j in system.journeys), default=0.0)
    waits = scenario.waits_s
    for case in scenario.cases:
        if not quick or case.quick:
            waits += min(case.waits_s, deadline) + case.pause_s + case.settle_s
            waits += (case.attacks.quick if quick else case.attacks.limit or 40) * 0.1 if case.attacks else 0.0
    if quick:
        waits = min(waits, QUICK_WAIT_S * max(1, len(scenario.cases)))
    return START_S + waits * (1 if quick else scenario.repeats)


def rooms(system: System) -> int:
    """Return how many copies of the app run at once."""
    wanted = system.lab.side_by_side if system.lab else None
    return max(1, wanted or min(4, (os.cpu_count() or 1) * 2))


class _Playing:
    """Rooms at work: takes scenarios from the plan, and hands each one's facts over as it ends."""

    def __init__(self, lab: Lab, target: Target, system: System, plan: Plan) -> None:
        from gonogo.prove.lab.tape import Tape

        self.lab, self.target, self.system, self.plan = lab, target, system, plan
        self.tape = Tape.read(target.home or target.root)
        self.todo = list(plan.scenarios)
        self.ended: asyncio.Queue[list[Fact] | BaseException] = asyncio.Queue()
        self.left = len(self.todo)
        self.begun = monotonic()
        self.more = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.well = True
        """Whether the last scenario could be played: an app that runs already may not get over what was done to it."""

    async def begin(self) -> None:
        await asyncio.to_thread(prices.load)  # not while an app waits for its answer
        await asyncio.to_thread(tokens.load)
        if self.target.environment is not None:
            from gonogo.prove.lab.running import called

            async with self._session(self._new_room("case", "start"), 1) as session:
                await called(session)
        self.tasks = [asyncio.create_task(self._room()) for _ in range(min(self.plan.rooms, len(self.todo)))]
        if not (self.plan.listens or (self.system.lab and self.system.lab.side_by_side)):
            self.tasks.append(asyncio.create_task(self._further()))

    async def next(self) -> list[Fact] | None:
        """Return the facts of the next scenario that ends, None when all have."""
        if not self.left:
            return None
        self.left -= 1
        seen = await self.ended.get()
        if isinstance(seen, BaseException):
            raise seen
        return seen

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _room(self) -> None:
        while self.todo:
            await self._next()

    async def _further(self) -> None:
        """Open one more room for one scenario whenever the machine has time to spare: what is played mostly waits."""
        spare = Spare()
        async with asyncio.TaskGroup() as group:
            while self.todo:
                began = monotonic()
                await asyncio.sleep(LOOK_S)
                if self.todo and self.more < MOST_MORE and spare.enough(monotonic() - began - LOOK_S):
                    group.create_task(self._one_more())

    async def _one_more(self) -> None:
        self.more += 1
        try:
            await self._next()
        finally:
            self.more -= 1

    async def _next(self) -> None:
        scenario = self.todo.pop(0)
        try:
            await self.ended.put(await self._played(scenario))
        except Exception as broken:
            await self.ended.put(broken)

    async def _played(self, scenario: Scenario) -> list[Fact]:
        from gonogo.prove.lab.play import Play

        target = self.target
        run = target.new_run("lab")
        started = target.now()
        room = self._new_room(run, scenario.scenario)
        try:
            async with self._session(room, scenario.instances) as session:
                await session.awaited()
                play = Play(
                    scenario, session, self.lab.quick, self.lab.case, self.lab.journey, target.tell,
                    home=target.home or target.root, known=target.known,
                )  # fmt: skip
                ended = await play.whole()
                room.keep(ended)
                room.facts.extend(session.contacts())
            # what hung until the end is recorded when the stand-ins stop
        except CollectError as error:
            room.keep(_unplayed(scenario, target, run, error.message))
        played = next(f for f in room.facts if isinstance(f, ScenarioRun))
        self.well = played.problem is None
        return target.part(run, "lab", scenario.scenario, started, room.facts, played.problem, played.deaths)

    def _new_room(self, run: str, scenario: str) -> Room:
        from gonogo.prove.lab.room import Room

        target = self.target
        room = Room(
            run=run, now=target.now, begun=self.begun, digest_key=target.digest_key, price=prices.usd,
            count=tokens.count, tape=self.tape,
        )  # fmt: skip
        room.scenario, room.case = scenario, "start"
        return room

    def _session(self, room: Room, instances: int) -> Session:
        """Return a session with a copy of the app, or with the app that runs already."""
        from gonogo.prove.lab.running import RunningSession, as_running
        from gonogo.prove.lab.session import Session

        root, environment = self.target.root, self.target.environment
        if environment is None:
            return Session(root=root, system=self.system, room=room, instances=instances)
        patience_s = None if self.well else _SOON_S
        return RunningSession(
            root=root, system=as_running(self.system), room=room, deployment=environment, patience_s=patience_s
        )


def _elsewhere(scenarios: Iterable[Scenario], home: Path, declared: FactSet) -> dict[str, str]:
    """Return the scenarios all of whose controls do not concern the system, with the reason of the first."""
    controls = catalog.load(sorted((home / "gonogo" / "controls").glob("*.y*ml"))).controls
    found = {}
    for scenario in scenarios:
        reasons = [outside(controls[name], declared) if name in controls else None for name in scenario.feeds]
        if reasons and reasons[0] and all(reasons):
            found[scenario.scenario] = reasons[0]
    return found


def _left_out(target: Target, scenario: str, reason: str) -> list[Fact]:
    """Return the part of a scenario that is not played, so that its proofs say why."""
    run = target.new_run("lab")
    fact = ScenarioRun(seen_at=target.now(), run=run, scenario=scenario, left_out=reason)
    return target.part(run, "lab", scenario, target.now(), [fact], None)


def _unplayed(scenario: Scenario, target: Target, run: str, problem: str) -> ScenarioRun:
    return ScenarioRun(seen_at=target.now(), run=run, scenario=scenario.scenario, problem=problem)
