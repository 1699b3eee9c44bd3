"""The way back: the declared command is run under traffic, and timed until every answer has the previous version."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from gonogo.errors import CollectError
from gonogo.facts import DrillRun, Exchange, Fact, Method, ScenarioRun, System
from gonogo.prove.base import Target

if TYPE_CHECKING:
    from gonogo.prove.lab.session import Session

SCENARIO = "rollback"
_BEFORE_S, _AFTER_S, _PAUSE_S, _HEALTH = 2.0, 3.0, 0.05, 12


@dataclass(frozen=True)
class Rollback:
    """Runs `deployment.rollback` on a contained copy of the running system, while journeys are sent to it.

    `limit_s` is how long the previous version may take to come.
    """

    method: ClassVar[Method] = "drill"
    name: ClassVar[str] = "drill"
    limit_s: float = 90.0

    def collect(self, target: Target) -> Iterator[Fact]:
        """Hold the drill; raises `CollectError` where gonogo.yaml does not declare what it needs."""
        if target.declaration is None:
            raise CollectError("a drill needs to know how the system starts and comes back", mend="gonogo init")
        system = target.declaration.system
        lacks = _lacking(system)
        if lacks:
            raise CollectError(lacks)
        started = target.now()
        run = target.new_run("drill")
        facts = asyncio.run(self._held(target, system, run))
        problem = next((f.problem for f in facts if isinstance(f, DrillRun) and f.problem), None)
        yield from target.part(run, "drill", SCENARIO, started, facts, problem)

    async def _held(self, target: Target, system: System, run: str) -> list[Fact]:
        from gonogo.prove.lab.room import Room
        from gonogo.prove.lab.session import Session, opened

        room = Room(run=run, now=target.now, begun=monotonic(), digest_key=target.digest_key)
        room.scenario, room.case = SCENARIO, "before"
        try:
            async with opened(Session(root=target.root, system=system, room=room)) as session:
                target.tell("drill: traffic before the rollback")
                drill = await self._timed(session, system, target)
                kind = session.box.kind
        except CollectError as error:
            drill, kind = _drill(system, room, problem=error.message), ""
        ended = ScenarioRun(
            seen_at=target.now(), run=run, scenario=SCENARIO, cases=("before", "rollback"), contained=kind,
            seconds=round(room.clock(), 2), journeys=drill.asked,
        )  # fmt: skip
        return [drill, ended]

    async def _timed(self, session: Session, system: System, target: Target) -> DrillRun:
        """Send journeys without a pause, run the command among them, and watch which version answers."""
        seen: list[tuple[float, str, bool]] = []
        asking = [asyncio.create_task(_traffic(session, system, seen))]
        try:
            await asyncio.sleep(_BEFORE_S)
            before = _version(seen)
            if not before:
                raise CollectError(
                    f"no answer carries a version at {_where(system)}",
                    mend="let every answer name its version, and say where by deployment.version_header in gonogo.yaml",
                )
            assert system.deployment is not None and system.deployment.rollback  # noqa: S101  (looked at before)
            target.tell("drill: rollback")
            session.room.case, began = "rollback", monotonic()
            ran = await session.box.run(
                system.deployment.rollback, environment=session.environment(), timeout_s=self.limit_s
            )
            while not _settled(seen, began, before) and monotonic() - began < self.limit_s:
                await asyncio.sleep(_PAUSE_S)
        finally:
            for task in asking:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*asking, return_exceptions=True)
        since = [s for s in seen if s[0] >= began]
        after = _version(since[-10:])
        last_old = max((at for at, version, good in since if version != after), default=began)
        back = bool(after) and after != before
        return _drill(
            system, session.room, exit_code=ran.exit_code, before=before, after=after, asked=len(since),
            lost=sum(not good for _, _, good in since), seconds=round(last_old - began, 2) if back else None,
            problem="the command did not end" if ran.exit_code is None else None,
        )  # fmt: skip


def _lacking(system: System) -> str | None:
    deployment, service = system.deployment, system.service
    if deployment is None or not deployment.rollback:
        return "deployment.rollback in gonogo.yaml names no command"
    if not deployment.version_header:
        return "deployment.version_header in gonogo.yaml does not say where an answer names its version"
    if service is None or not service.start or not service.port:
        return "service.start and service.port in gonogo.yaml do not say how the system starts"
    return None if system.journeys else "no journey is declared in gonogo.yaml"


async def _traffic(session: Session, system: System, seen: list[tuple[float, str, bool]]) -> None:
    """Send journeys, each as another identity in turn and slowly enough for most limits; the health route all the time.

    What a rate limit refuses tells nothing of the rollback and is passed over.
    """
    from gonogo.prove.drive.asking import Ask, ask

    names: list[str | None] = [i.name for i in system.identities] or [None]
    health = system.service.health if system.service else None
    for number in itertools.count():
        journey = system.journeys[number % len(system.journeys)]
        asks = [ask(journey, secrets.token_hex(16), deadline_s=10.0, identity=names[number % len(names)])]
        for _ in range(_HEALTH if health else 0):
            asks.append(Ask(id=secrets.token_hex(16), name="health", method="GET", path=health or "/", deadline_s=10.0))
        for each in asks:
            exchange = await session.ask(each, "journey" if each is asks[0] else "beside")
            carried = _carried(exchange, system)
            good = exchange.status is not None and exchange.status < 400 and exchange.error is None
            if exchange.status != 429 and (carried or each is asks[0]):
                seen.append((monotonic(), carried, good))
            await asyncio.sleep(_PAUSE_S)


def _where(system: System) -> str:
    return (system.deployment.version_header if system.deployment else None) or "?"


def _carried(exchange: Exchange, system: System) -> str:
    """Return the version that an answer names: in a header, or at a JSON pointer of its body."""
    where = _where(system)
    if not where.startswith("/"):
        return exchange.headers.get(where.lower(), "")
    try:
        value: Any = msgspec.json.decode(exchange.body)
        for part in where.strip("/").split("/"):
            value = value[part]
    except (msgspec.DecodeError, KeyError, TypeError):
        return ""
    return str(value)


def _version(seen: list[tuple[float, str, bool]]) -> str:
    """Return the one version that all good answers carried; none where they differ."""
    found = {version for _, version, good in seen if good}
    return found.pop() if len(found) == 1 else ""


def _settled(seen: list[tuple[float, str, bool]], began: float, before: str) -> bool:
    """Whether for three seconds every answer was good and carried another version than before."""
    late = [s for s in seen if s[0] >= max(began, monotonic() - _AFTER_S)]
    return monotonic() - began > _AFTER_S and bool(late) and all(good and v != before for _, v, good in late)


def _drill(system: System, room: Any, **seen: Any) -> DrillRun:
    command = tuple(system.deployment.rollback or ()) if system.deployment else ()
    return DrillRun(
        seen_at=room.now(), run=room.run, scenario=SCENARIO, case="rollback", name=SCENARIO, command=command, **seen
    )
