"""Plays one scenario to one instance of the app, case by case."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from time import monotonic

from gonogo.derive.factset import FactSet
from gonogo.errors import CollectError
from gonogo.facts import Exchange, Fact, ModelCall, ScenarioRun, System
from gonogo.facts.declaration import Journey
from gonogo.facts.lab import ELSEWHERE, Measure
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.drive.environment import credential
from gonogo.prove.lab.needs import missing
from gonogo.prove.lab.scenario import Case, Request, Scenario, Send
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Attack, Script
from gonogo.prove.lab.session import Session

_LATE_S = 0.2
"""How long the app gets to write down what it did last."""

QUICK_WAIT_S = 20.0
"""The longest that `--quick` waits for one answer."""

MOST_RESTARTS = 30
"""So often an app that limits the sender of attacks is started anew."""


@dataclass
class Play:
    """One playing of a scenario; `cut` collects the cases that were not played whole, with the reason."""

    scenario: Scenario
    session: Session
    quick: bool = False
    only_case: str | None = None
    only_journey: str | None = None
    tell: Callable[[str], None] = lambda _: None
    cut: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    sent: int = 0
    restarts: int = 0
    known: FactSet | None = None
    """What reading the repository gave: its routes, for example."""
    home: Path | None = None
    """Where a team keeps scenarios and attacks of its own."""

    @staticmethod
    def new_id() -> str:
        """Return the id of a new journey."""
        return secrets.token_hex(16)

    @property
    def system(self) -> System:
        """What is declared."""
        return self.session.system

    async def whole(self) -> ScenarioRun:
        """Play every case, and say how it went; an app that cannot be run ends the scenario with a problem."""
        began, problem = monotonic(), missing(self.scenario, self.system, runs=self.session.contained == ELSEWHERE)
        self.session.room.scenario, self.session.room.case = self.scenario.scenario, "start"
        try:
            if problem is None:
                await self._cases()
        except CollectError as error:
            problem = error.message
        await asyncio.sleep(_LATE_S)
        self._note_death()
        self.session.read_logs()
        self.session.settle()
        return ScenarioRun(
            seen_at=self.session.room.now(), run=self.session.room.run, scenario=self.scenario.scenario,
            cases=tuple(dict.fromkeys(self.done)), cut=dict(self.cut), deaths=tuple(self.deaths),
            contained=self.session.contained, problem=problem, seconds=round(monotonic() - began, 2),
            journeys=self.sent,
        )  # fmt: skip

    async def _cases(self) -> None:
        if self.scenario.procedure:
            await procedure(self.scenario.procedure)(self)
            return
        for _ in range(1 if self.quick else self.scenario.repeats):
            for case in self.scenario.cases:
                await self._case(case)

    async def _case(self, case: Case) -> None:
        if self.quick and not case.quick:
            self.cut[case.case] = "left out by --quick"
            return
        if self.only_case not in (None, case.case) and case.case not in ("healthy", "control"):
            return
        if why := self.session.cannot(case):
            self.cut[case.case] = why
            return
        room = self.session.room
        self.tell(f"{self.scenario.scenario}: {case.case}")
        await self._started(case)
        await asyncio.sleep(case.pause_s)
        room.play(self.scenario.scenario, case.case, case.script)
        await self.session.follow(case.script)
        before = len(room.facts)
        if case.attacks:
            await self._attacked(case)
        else:
            await self.send(case.send)
        await asyncio.sleep(case.settle_s)
        if case.case == "healthy" and not room.primary:
            calls = [f for f in room.facts[before:] if isinstance(f, ModelCall) and f.operation == "chat"]
            room.primary = calls[0].model if calls else ""
        self.done.append(case.case)
        self.session.read_logs()
        await self._recovered([f for f in room.facts[before:] if isinstance(f, Exchange)])

    async def _started(self, case: Case) -> None:
        """Start the app where it does not run, or where the case wants it started in another way."""
        session = self.session
        if case.start is None:
            await self.ready()
            return
        self._mend(case.case)
        session.settle()
        await session.stop(case.start.kill)
        await session.start(case.start.without, case.start.environment)

    def _mend(self, case: str) -> None:
        """Let nothing go wrong any more before a start: a readiness route that looks at the model would wait for it."""
        self.session.room.play(self.scenario.scenario, case, Script())

    def _note_death(self) -> None:
        if said := self.session.death():
            self.deaths.append(f"the app died in the case {self.session.room.case}: {said}")

    def measure(self, name: str, value: float, unit: str = "", subject: str = "", text: str = "") -> None:
        """Keep a figure of the case under way; what a program said beside it is screened."""
        room = self.session.room
        room.see(
            Measure,
            name=name,
            value=round(value, 6),
            unit=unit,
            subject=subject,
            text=screened(room, text, name)[0] if text else "",
        )

    def forget(self, before: int, *kept: type[Fact]) -> None:
        """Drop all facts but the first `before` and those of the kinds `kept`: of thousands, figures say enough."""
        facts = self.session.room.facts
        facts[before:] = [f for f in facts[before:] if isinstance(f, kept)]

    async def ready(self) -> None:
        """Start the app where it does not run; raises `CollectError` where it does not become ready."""
        self._note_death()
        if self.session.service and not self.session.running:
            fact = await self.session.start()
            if fact.ready_s is None:
                raise CollectError(self.session.unready(fact))

    async def anew(self, more: Mapping[str, str] | None = None, without: Sequence[str] = ()) -> None:
        """End the app at once and start it with `more` variables and without others; `CollectError` if never ready."""
        self.session.settle()
        await self.session.stop("KILL")
        fact = await self.session.start(without, more)
        if fact.ready_s is None:
            raise CollectError(self.session.unready(fact))

    async def apart(self, *parts: Callable[[Play], Awaitable[None]]) -> None:
        """Play parts that wait long side by side, the first in this app, each other in one of its own.

        What they see is one record; a part starts its app itself. Raises what a part raises, when all have ended.
        """

        async def one(part: Callable[[Play], Awaitable[None]]) -> None:
            room, here = self.session.room.annex(), self.session
            async with Session(root=here.root, system=here.system, room=room, instances=here.instances) as session:
                play = replace(self, session=session, sent=0)
                await part(play)
                play._note_death()
                session.read_logs()
                self.sent += play.sent

        ended = await asyncio.gather(parts[0](self), *map(one, parts[1:]), return_exceptions=True)
        for error in ended:
            if error is not None:
                raise error

    async def _recovered(self, seen: Sequence[Exchange]) -> None:
        """Start the app anew where a journey never ended: what still hangs in it would spoil the next case."""
        if any(e.ended == "timeout" for e in seen) and self.session.service:
            self._mend(self.session.room.case)
            await self.session.restart()

    async def _attacked(self, case: Case) -> None:
        """Play each attack as a journey of its own, while the stand-ins obey whatever arrives of it.

        An app that limits its users would answer most attacks with 429, which tells nothing about its screens: it is
        started anew then, and the attack is sent again.
        """
        from gonogo.prove.lab.attacking import aimed, picked

        assert case.attacks is not None  # noqa: S101  (the caller looked)
        limit = case.attacks.quick if self.quick else case.attacks.limit
        attacks = picked(case.attacks, limit, self.home)
        if self.quick and case.attacks.limit != limit:
            self.cut[case.case] = f"--quick played {len(attacks)} attacks"
        self.measure("attacks", len(attacks), subject=", ".join(case.attacks.sets))
        for attack in attacks:
            self.session.room.script = aimed(case.script, attack)
            came = await self.send(case.send, attack)
            if any(e.status == 429 for e in came) and self.restarts < MOST_RESTARTS and self.session.service:
                self.restarts += 1
                await self.session.restart()
                await self.send(case.send, attack)

    async def send(self, send: Send, attack: Attack | None = None) -> list[Exchange]:
        """Send what a case says, so many at once, and return the exchanges in the order in which they ended."""
        asks = list(self._asks(send, attack))
        for each in asks[: 1 if asks else 0]:
            credential(self.session.system, each.identity)
        gate = asyncio.Semaphore(max(1, send.parallel))
        came: list[Exchange] = []

        async def one(each: Ask, purpose: str) -> None:
            async with gate:
                came.append(await self.session.ask(each, purpose))
                self.sent += 1
                if send.gap_s:
                    await asyncio.sleep(send.gap_s)

        beside = [one_beside(self.session, self._request(r)) for r in send.beside]
        together: list[Awaitable[None]] = [one(a, "attack" if attack else "journey") for a in asks]
        await asyncio.gather(*together, *beside)
        return came

    def _asks(self, send: Send, attack: Attack | None) -> Iterator[Ask]:
        for number in range(send.times):
            for journey in self._journeys(send):
                for text in send.texts or (send.text,):
                    yield self._ask(journey, send, self._text(send, text, number, attack), attack)
            for request in send.requests:
                yield self._request(request)

    def _ask(self, journey: Journey, send: Send, text: str | None, attack: Attack | None) -> Ask:
        deadline = send.deadline_s or journey.deadline_s
        if self.quick and deadline > QUICK_WAIT_S:
            deadline = QUICK_WAIT_S
        return ask(
            journey,
            self.new_id(),
            text=text,
            headers=send.headers,
            identity=self._identity(send.identity),
            deadline_s=deadline,
            leave_after_s=send.leave_after_s,
            attack=f"{attack.technique}/{attack.language}/{attack.id}" if attack else "",
        )

    def _text(self, send: Send, text: str | None, number: int, attack: Attack | None) -> str | None:
        if attack is not None and attack.place == "user":
            return attack.text
        if send.planted:
            from gonogo.prove.lab.planting import planted_text

            return planted_text(self.session.room, text, send.planted)
        return None if text is None else text.replace("{n}", str(number + 1))

    def _journeys(self, send: Send) -> list[Journey]:
        declared = [j for j in self.system.journeys if self.only_journey in (None, j.name)]
        chosen = {
            "all": declared,
            "first": declared[:1],
            "streaming": [j for j in declared if j.streams],
            "none": [],
        }[send.journeys]
        return list(chosen)

    def _request(self, request: Request) -> Ask:
        """Make the ask of a request that is no declared journey."""
        service = self.system.service
        first = next((j.path for j in self.system.journeys if j.path), "/")
        path = (
            request.path.replace("{health}", (service and service.health) or "/")
            .replace("{ready}", (service and (service.ready or service.health)) or "/")
            .replace("{journey}", first or "/")
        )
        headers = dict(request.headers)
        if request.body is not None and not isinstance(request.body, str):
            headers.setdefault("Content-Type", "application/json")
        return Ask(
            id=self.new_id(), name=request.name, method=request.method, path=path, headers=headers,
            body=encoded(request.body), identity=self._identity(request.identity),
            deadline_s=QUICK_WAIT_S if self.quick else 130.0,
        )  # fmt: skip

    def _identity(self, named: str | None) -> str | None:
        """Return the name of a declared identity: `first`, `second`, `none` (nobody), or its own name."""
        place = {"first": 0, "second": 1}.get(named or "")
        if place is None:
            return named
        return self.system.identities[place].name if len(self.system.identities) > place else None


async def one_beside(session: Session, each: Ask) -> None:
    """Send a request beside the journeys that are under way."""
    await asyncio.sleep(0.2)  # the journeys are to be on their way first
    await session.ask(each, "beside")


def procedure(name: str) -> Callable[[Play], Awaitable[None]]:
    """Return the procedure of that name: the function `play` of a module in `prove/lab/procedures/`."""
    found: Callable[[Play], Awaitable[None]] = import_module(f"gonogo.prove.lab.procedures.{name}").play
    return found
