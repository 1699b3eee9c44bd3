"""An app that runs already, in a disposable environment, and was pointed at the lab by whoever runs it.

The lab listens where gonogo.yaml says (`lab.listen`), sends the journeys and plays what happens at the app's
boundaries. What would start, stop, change or read the app itself is not played there.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import secrets
from dataclasses import dataclass
from time import monotonic
from typing import NoReturn, Self

import aiohttp

from gonogo.errors import CollectError, UsageError
from gonogo.facts import AppStart, Contact, System, Traffic
from gonogo.facts.declaration import Environment
from gonogo.facts.lab import ELSEWHERE
from gonogo.facts.lab_declaration import Lab as LabSettings
from gonogo.prove.drive.asking import ask
from gonogo.prove.drive.disposable import admitted
from gonogo.prove.drive.environment import credential, variables
from gonogo.prove.drive.sending import sent
from gonogo.prove.lab.scenario import Case
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.session import Session
from gonogo.prove.lab.standins.house import House, Listening

_USUAL = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "OLLAMA_HOST")
_OF_THE_NETWORK = ("tls-", "dns", "hang-before-accept")
"""How the names of faults begin that are done to the app's own network."""
_LONGEST_PAUSE_S = 8.0
_LATE_S = 0.3


def listening(system: System, environment: Environment) -> Listening:
    """Return where the lab listens for a running app; raises `UsageError` where it must not, or nothing is declared."""
    admitted(environment, "the lab", on_this_machine=True)
    if not system.lab or not system.lab.listen:
        raise UsageError(
            f"lab.listen is not declared: the address where {environment.name} finds the lab",
            mend="add `listen: 127.0.0.1:9100` to lab: in gonogo.yaml, an address that is free here and reached there",
        )
    return Listening.at(system.lab.listen)


def pointers(system: System, listens: Listening) -> dict[str, str]:
    """Return the variables by which whoever runs the app points it at the lab."""
    given = variables(system, listens.addresses)
    named = [p.base_url_variable for p in system.providers if p.base_url_variable]
    return {name: given[name] for name in (*(named or _USUAL), *(system.lab.point if system.lab else ()))}


def as_running(system: System) -> System:
    """Return what is declared as far as it holds of an app elsewhere: requests alone, and the credentials of here.

    An identity's variable that is set where the lab runs comes before its value in `lab.environment`.
    """
    lab = system.lab or LabSettings()
    own = {i.variable: os.environ[i.variable] for i in system.identities if i.variable and i.variable in os.environ}
    return dataclasses.replace(
        system,
        journeys=tuple(j for j in system.journeys if not j.command),
        lab=dataclasses.replace(lab, environment={**lab.environment, **own}),
    )


@dataclass(kw_only=True)
class RunningSession(Session):
    """A session with an app that the lab neither starts nor ends; `system` is as `as_running` returns it."""

    deployment: Environment
    patience_s: float | None = None
    """How long it may take to answer well again; as long as a start by default."""

    async def __aenter__(self) -> Self:
        """Let the stand-ins listen."""
        try:
            await self._stack.enter_async_context(House(self.room, listening(self.system, self.deployment)))
            await self._connect(aiohttp.TCPConnector(limit=0))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    def __getattr__(self, name: str) -> NoReturn:
        """Say that there is no box: raises `CollectError` where something needs the app's processes or files."""
        if name == "box":
            raise CollectError("the app runs already, and the lab has neither its processes nor its files")
        raise AttributeError(name)

    @property
    def contained(self) -> str:
        """It is not contained by the lab."""
        return ELSEWHERE

    @property
    def running(self) -> bool:
        """It runs already."""
        return True

    @property
    def _base(self) -> str:
        return (self.deployment.url or "").rstrip("/")

    def cannot(self, case: Case) -> str | None:
        """Say why a case cannot be played to this app; None where it can."""
        if case.start is not None:
            return "it starts the app in another way, and this one runs already"
        if any(f.fault.startswith(_OF_THE_NETWORK) for f in case.faults):
            return "it breaks the app's own network, which is not the lab's"
        return None

    async def follow(self, script: Script) -> None:
        """Do nothing: what a script says of the network itself is not played here."""

    async def _printed(self) -> None:
        """What it prints is not seen."""

    def read_logs(self) -> None:
        """Its files are not seen."""

    def death(self) -> str | None:
        """How it ends is not seen."""
        return None

    def contacts(self) -> list[Contact]:
        """What else it reaches is not seen."""
        return []

    async def awaited(self) -> None:
        """Wait until it answers well after what was played before."""
        await self.recovered()

    async def ready(self) -> bool:
        """Wait until it answers well, and say that it is ready."""
        await self.recovered()
        return True

    async def restart(self) -> AppStart:
        """Wait until it answers again: it is not the lab's to end."""
        self.settle()
        await self.recovered()
        room = self.room
        return AppStart(seen_at=room.now(), run=room.run, scenario=room.scenario, case=room.case)

    async def recovered(self) -> None:
        """Wait until the first journey neither fails nor meets a limit; raises `CollectError` where it takes too long.

        A breaker that rests and a limit that was met belong to what was played before; nothing of it is kept.
        """
        journey = next(iter(self.system.journeys), None)
        if journey is None:
            return
        patience_s = self.settings.ready_s if self.patience_s is None else self.patience_s
        room, ends, pause = self.room, monotonic() + patience_s, 0.5
        before, room.script, room.quiet = (room.script, room.quiet), Script(), True
        try:
            while True:
                asked = ask(journey, secrets.token_hex(16), deadline_s=min(journey.deadline_s, 20.0))
                headers = {**asked.headers, "traceparent": asked.traceparent}
                came = await sent(self._http, self._base, asked, headers | credential(self.system, asked.identity))
                if came.status is not None and came.status != 429 and came.status < 500:
                    return
                if monotonic() > ends:
                    how = f"with {came.status}" if came.status else f"not at all ({came.error})"
                    raise CollectError(
                        f"{self.deployment.name} answers {journey.name} {how}, with nothing wrong any more",
                        mend="start it anew; lift the limits of its users where it runs for the lab",
                    )
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_S, 2 * pause)
        finally:
            room.script, room.quiet = before


async def called(session: Session) -> None:
    """Send each journey with all well; raises `UsageError` where no answer comes, or no call of it reaches the lab."""
    assert isinstance(session, RunningSession)  # noqa: S101  (no copy is asked this)
    name, room = session.deployment.name, session.room
    seen = []
    for text in (None, f"Hello, is the lab there? ({secrets.token_hex(4)})"):
        for journey in session.system.journeys:
            seen.append(await session.ask(ask(journey, secrets.token_hex(16), text=text)))
            await asyncio.sleep(_LATE_S)
            if any(isinstance(fact, Traffic) for fact in room.facts):
                return
    silent = [e for e in seen if e.status is None]
    if len(silent) == len(seen):
        why = silent[0].error if silent else "no journey with a path is declared"
        raise UsageError(f"{name} gives no answer: {why}", mend="start it, or correct its url in gonogo.yaml")
    given = pointers(session.system, listening(session.system, session.deployment))
    answers = ", ".join(sorted({f"{e.name}: {e.status}" for e in seen}))
    if all(e.status == 429 for e in seen):
        raise UsageError(
            f"{name} refuses every journey with 429, so that nothing can be told",
            mend="start it anew, or lift the limits of its users where it runs for the lab",
        )
    raise UsageError(
        f"{name} answers ({answers}), and none of its calls reaches the lab: it is not pointed there",
        mend="start it with " + " ".join(f"{k}={v}" for k, v in given.items()),
    )
