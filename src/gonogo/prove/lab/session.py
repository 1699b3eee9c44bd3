"""One instance of the user's app in its room: started, asked, watched, and ended, always.

    async with Session(...) as session:
        await session.start()
        exchange = await session.ask(ask)

The app runs on a throw-away copy, contained; the stand-ins of its room listen where it looks for provider, tools and
stores. What is seen goes to `room.facts`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Self

import aiohttp

from gonogo.errors import CollectError
from gonogo.facts import AppLog, AppStart, Contact, Exchange, System
from gonogo.facts.declaration import Service
from gonogo.facts.lab_declaration import Lab as LabSettings
from gonogo.prove.drive.asking import Ask
from gonogo.prove.drive.clock import Clock, stepped
from gonogo.prove.drive.contain import Box, Program, contained
from gonogo.prove.drive.copy import SHARED
from gonogo.prove.drive.environment import HOSTS, credential, variables
from gonogo.prove.drive.sending import Came, sent
from gonogo.prove.lab.exchanges import clean, exchange_of
from gonogo.prove.lab.programs import INSTANCE, broken, further, programs
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.scenario import Case
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.standins.house import PORTS, House

_POLL_S = 0.05
_LOG_LINES = 5_000
"""Lines of output that become facts, for each scenario; more are counted by the box."""
_LOG_BYTES = 4 << 20
_TRACE_IDS = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


@dataclass
class Session:
    """An instance of the system that is declared in `system`, whose files stand in `root`."""

    root: Path
    system: System
    room: Room
    instances: int = 1
    """How many instances of the service it may run."""
    instance: int = 0
    """The instance that is asked, from 0."""
    box: Box = field(init=False)
    came: Came = field(init=False)
    """The answer that came last, whole and unscreened, for what goes on with something in it: never on record."""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _over: list[str] = field(default_factory=list)
    _clients: list[aiohttp.ClientSession] = field(default_factory=list)
    _began: float = 0.0
    _lines: int = 0
    _case_of: dict[str, str] = field(default_factory=dict)
    """The case in which each journey was sent."""
    _read: dict[str, int] = field(default_factory=dict)
    _hole: bool = False
    _said: deque[str] = field(default_factory=lambda: deque(maxlen=200))
    """The last lines that the app wrote."""
    _up: bool = False

    async def __aenter__(self) -> Self:
        """Make the copy, the box and the stand-ins; the app is not started yet."""
        try:
            self.box = await self._stack.enter_async_context(
                contained(
                    self.root,
                    [*programs(self.system), *broken(self.system), *further(self.system, self.instances)],
                    forward=House.forward,
                    stand_in=dict.fromkeys(HOSTS, "provider"),
                    on_line=self._line,
                )
            )
            self.room.reset_mark = self.box.reset_mark
            await self._stack.enter_async_context(House(self.room, self.box.room))
            for number in range(self.instances):
                await self._connect(self.box.connector((self.port or 1) + number))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _connect(self, connector: aiohttp.BaseConnector) -> None:
        client = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=True,
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent",),
        )
        self._clients.append(await self._stack.enter_async_context(client))

    async def __aexit__(self, *_: object) -> None:
        """End the app with everything that it started, and the stand-ins; remove the copy."""
        await self._stack.aclose()

    @property
    def settings(self) -> LabSettings:
        """How gonogo.yaml wants the lab to run it."""
        return self.system.lab or LabSettings()

    @property
    def service(self) -> Service | None:
        """The service, None for a system of commands alone."""
        return self.system.service if self.system.service and self.system.service.start else None

    @property
    def port(self) -> int | None:
        """Where the service listens."""
        return self.service.port if self.service else None

    def environment(self, without: Sequence[str] = (), more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what the app gets: the lab's addresses and keys, what is declared, what the case adds and takes."""
        service = self.system.service
        whole = {
            **variables(self.system, House.addresses),
            **(service.environment if service else {}),
            **self.settings.environment,
            **(more or {}),
        }
        return {k: v for k, v in whole.items() if k not in without}

    async def start_instance(self, number: int) -> bool:
        """Start a further instance on a copy of its own, the declared directories shared; tell whether it is ready.

        Raises `CollectError` where nothing is declared that sets its port.
        """
        own = self.system.service
        if own is None or own.port is None or not own.port_variable:
            raise CollectError("service.port_variable is not declared: the variable that sets the port of an instance")
        place = self.box.copy / f"{INSTANCE}{number}"
        installed = [name for name in SHARED if (self.box.copy / name).is_dir()]
        common = [*self.settings.shared, *installed]
        ignored = shutil.ignore_patterns(f"{INSTANCE}*", *(name.partition("/")[0] for name in common))
        await asyncio.to_thread(shutil.copytree, self.box.copy, place, symlinks=True, ignore=ignored)
        for name in common:
            (self.box.copy / name).mkdir(parents=True, exist_ok=True)
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).symlink_to(os.path.relpath(self.box.copy / name, (place / name).parent))
        port = own.port + number
        await self.box.start(f"service-{number}", self.environment(more={own.port_variable: str(port)}))
        ends = monotonic() + self.settings.ready_s
        while monotonic() < ends and self.box.exit_code(f"service-{number}") is None:
            if await self.box.accepts(port):
                return True
            await asyncio.sleep(_POLL_S)
        return False

    async def end_first_instance(self) -> None:
        """Kill the instance that was started first, as a machine that is lost."""
        self._up = False
        await self.box.signal("service", signal.SIGKILL)

    async def start(self, without: Sequence[str] = (), more: Mapping[str, str] | None = None) -> AppStart:
        """Start every process and wait until the service is ready; return how that went."""
        began = monotonic()
        self._began, self._up = began, False
        self._said.clear()
        environment = self.environment(without, more)
        for command in self.settings.prepare:
            ran = await self.box.run(command, environment=environment, timeout_s=self.settings.ready_s)
            if ran.exit_code:
                raise CollectError(
                    f"lab.prepare: {command[0]} ended with {ran.exit_code}: {_end(ran.stderr or ran.stdout)}",
                    mend="correct lab.prepare in gonogo.yaml, or what it runs",
                )
        code: int | None = None
        ready = True
        for program in programs(self.system):
            own = next((s.environment for s in self.settings.services if s.name == program.name), {})
            await self.box.start(program.name, environment | own)
            ready, code = await self._ready(program, began)
            if not ready:
                break
        await self._heard()
        fact = AppStart(
            seen_at=self.room.now(), run=self.room.run, scenario=self.room.scenario, case=self.room.case,
            ready_s=round(monotonic() - began, 3) if ready else None, exit_code=code,
            without=",".join(without), said=self._clean("\n".join(self._said))[-2_000:],
        )  # fmt: skip
        self.room.keep(fact)
        self._up = ready
        return fact

    async def renew(self, more: Mapping[str, str] | None = None) -> bool:
        """End the service alone and start it with `more` variables, while the rest goes on; tell if it is ready."""
        await self.end("service")
        program = next(p for p in programs(self.system) if p.name == "service")
        began = monotonic()
        await self.box.start(program.name, self.environment((), more))
        self._up, _ = await self._ready(program, began)
        return self._up

    async def end(self, name: str) -> None:
        """Kill one process, and wait until it is gone."""
        self._up = self._up and name != "service"
        await self.box.signal(name, signal.SIGKILL)
        while self.box.exit_code(name) is None:
            await asyncio.sleep(_POLL_S)

    async def begin(self, name: str) -> bool:
        """Start one process beside the service, or a broken one in its place; tell whether its port accepts."""
        await self.launch(name)
        return (await self._ready(self.box.programs[name], monotonic()))[0]

    async def launch(self, name: str) -> None:
        """Start one process, and do not wait for it."""
        own = next((s.environment for s in self.settings.services if s.name == name), {})
        await self.box.start(name, self.environment() | own)

    async def ready(self) -> bool:
        """Tell whether the service says now that it is ready."""
        self._up = await self._answers(self.box.programs["service"])
        return self._up

    async def stop(self, kill: str | None = None) -> None:
        """End every process of the app; `kill` names the signal, otherwise it is asked first."""
        self._up = False
        await self.box.stop(getattr(signal, f"SIG{kill}") if kill else signal.SIGTERM)

    async def _ready(self, program: Program, began: float) -> tuple[bool, int | None]:
        """Wait until a process is ready: its readiness (or health) route answers well, or its port accepts."""
        limit = self.settings.ready_s
        while monotonic() - began < limit:
            code = self.box.exit_code(program.name)
            if code is not None:
                return False, code
            if program.port is None or await self._answers(program):
                return True, None
            await asyncio.sleep(_POLL_S)
        return False, None

    async def _answers(self, program: Program) -> bool:
        route = self.service and (self.service.ready or self.service.health)
        if program.name != "service" or not route:
            return await self.box.accepts(program.port or 0)
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(2), self._http.get(self._base + route) as answer:
                return answer.status < 500
        return False

    @property
    def _http(self) -> aiohttp.ClientSession:
        return self._clients[self.instance]

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self.port and self.port + self.instance}"

    async def get(self, path: str, most: int = 2 << 20) -> bytes | None:
        """Return what the service serves at a path, without a credential and off the record; None where it does not."""
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(5), self._http.get(self._base + path) as answer:
                return await answer.content.read(most) if answer.status == 200 else None
        return None

    async def ask(self, ask: Ask, purpose: str = "journey") -> Exchange:
        """Send one journey or request, and keep what came; the calls that it causes are joined to it.

        A journey that is over stays under way in its room until the next begins: what the app still does in the
        background is its own.
        """
        for over in self._over:
            self.room.journeys.pop(over, None)
        self._over.clear()
        self.room.journeys[ask.id] = ask
        self._case_of[ask.id] = self.room.case
        started, seen_at = self.room.clock(), self.room.now()
        headers = {**ask.headers, "traceparent": ask.traceparent}
        try:
            if ask.command:
                came = await self._command(ask, speaks=purpose != "ingest")
            else:
                came = await sent(self._http, self._base, ask, headers | credential(self.system, ask.identity))
        finally:
            self._over.append(ask.id)
        if not self.room.quiet:
            await self._printed()
        exchange = exchange_of(
            self.room, ask, came, base=self._base, purpose=purpose, started=started, seen_at=seen_at,
            header=self.system.service.api_version_header if self.system.service else None,
        )  # fmt: skip
        self.room.keep(exchange)
        self.came = came  # and nothing is awaited from here on: beside others, too, it is the caller's own
        return exchange

    async def _printed(self) -> None:
        """Return when what the app has printed until now is read."""
        await self.box.drain()

    async def _command(self, ask: Ask, *, speaks: bool) -> Came:
        """Run a command; what it prints is an answer where it `speaks`, and lines of a log otherwise."""
        ran = await self.box.run(
            ask.command, environment=self.environment() | {"TRACEPARENT": ask.traceparent},
            stdin=ask.body or b"", timeout_s=ask.deadline_s,
        )  # fmt: skip
        out, err = ran.stdout, ran.stderr
        for stream, text in (("stderr", err), *((("stdout", out),) if not speaks else ())):
            for line in text.decode(errors="replace").splitlines():
                self._line(stream, line)
        timed_out = ran.exit_code is None
        return Came(
            content=out, size=len(out), elapsed_s=ran.seconds, exit_code=ran.exit_code, events=1 if out else 0,
            ended="timeout" if timed_out else "complete",
            error=f"the command did not end within {ask.deadline_s:g} s" if timed_out else None,
        )  # fmt: skip

    def _clean(self, text: str) -> str:
        return clean(self.room, text)

    def _line(self, stream: str, text: str) -> None:
        """Take one line of the app's output: the first ones while it starts, and as facts within a scenario.

        A line that carries the trace id of a journey belongs to that journey's case, however late it is read.
        """
        self._said.append(text[:500])
        if self._lines >= _LOG_LINES or self.room.quiet:
            return
        self._lines += 1
        shown, matches = screened(self.room, text, stream)
        traced = (self._case_of[id] for id in _TRACE_IDS.findall(text) if id in self._case_of)
        self.room.see(
            AppLog,
            case=next(traced, self.room.case),
            stream=stream,
            text=shown,
            at_s=round(self.room.clock(), 4),
            matches=matches,
        )

    async def follow(self, script: Script) -> None:
        """Do what a script says of the network itself: an address where nobody is, bad certificates, unknown names."""
        hole = any(f.fault == "hang-before-accept" and f.boundary == "model" for f in script.faults)
        if hole != self._hole:
            await self.box.black_hole(PORTS["provider"], hole)
            self._hole = hole
        flaws = (f.fault.removeprefix("tls-") for f in script.faults if f.fault.startswith("tls-"))
        self.box.certificates(next(flaws, ""))
        await self.box.dns([h for f in script.faults if f.fault == "dns" for h in f.hosts or ("*",)])

    async def _heard(self) -> None:
        """Keep what the app wrote until now: whatever comes next is of the next case."""
        await self.box.drain()
        self.read_logs()

    def read_logs(self) -> None:
        """Keep what the app wrote since the last time to the files that gonogo.yaml names as logs."""
        globs = [*self.settings.logs, *filter(None, (self.settings.call_log, self.settings.audit, self.settings.flags))]
        for place in sorted(
            {p for glob in globs for p in self.box.copy.glob(glob) if p.is_file() and not p.is_symlink()}
        ):
            name = place.relative_to(self.box.copy).as_posix()
            with place.open("rb") as file:
                file.seek(self._read.get(name, 0))
                data = file.read(_LOG_BYTES)
            whole = data.rfind(b"\n") + 1
            self._read[name] = self._read.get(name, 0) + whole
            for line in data[:whole].decode("utf-8", "replace").splitlines():
                self._line(name, line)

    def settle(self) -> None:
        """Forget the journeys that are over: what the app still does belongs to none."""
        self.room.journeys.clear()
        self._over.clear()

    def hold(self, ask: Ask) -> None:
        """Keep a journey under way whose work goes on after its answer: later calls stay joined to it."""
        self._over = [over for over in self._over if over != ask.id]
        self.room.journeys[ask.id] = ask

    @property
    def contained(self) -> str:
        """What contains the app."""
        return self.box.kind

    async def awaited(self) -> None:
        """Wait until the app can be asked; one that is started here can be once it is."""

    def cannot(self, case: Case) -> str | None:
        """Say why a case cannot be played to this app; None where it can."""
        return None

    @property
    def running(self) -> bool:
        """True while the service runs."""
        return self.box.running

    def death(self) -> str | None:
        """Say how the service ended by itself since it was ready, with its last words; None where it did not."""
        if self.service is None or not self._up or self.running:
            return None
        self._up = False
        said = self._clean("\n".join(self._said))[-300:].strip()
        return f"it ended by itself with exit code {self.box.exit_code('service')}" + (
            f"; it said: {said}" if said else ""
        )

    def unready(self, start: AppStart) -> str:
        """Say why a start failed, with the end of what the app printed."""
        how = "it runs and does not answer" if start.exit_code is None else f"it ended with exit code {start.exit_code}"
        said = f"; it said: {start.said[-500:].strip()}" if start.said.strip() else ""
        return f"the app did not become ready within {self.settings.ready_s:g} s: {how}{said}"

    def clock(self) -> Clock | None:
        """Return a clock that the lab sets while the app runs, once it is started with the clock's variables.

        None where this machine has no libfaketime.
        """
        return stepped(self.box.room, self.box.walls.room)

    async def restart(self) -> AppStart:
        """End the app at once and start it anew."""
        self.settle()
        await self.stop("KILL")
        return await self.start()

    def contacts(self) -> list[Contact]:
        """Return the hosts that the app wanted to reach and could not."""
        return [
            Contact(
                seen_at=self.room.now(), run=self.room.run, scenario=self.room.scenario, host=host, port=port, how=how
            )
            for host, port, how in self.box.contacts
        ]


def _end(text: bytes) -> str:
    return text.decode(errors="replace").strip()[-300:]


@asynccontextmanager
async def opened(session: Session, more: Mapping[str, str] | None = None) -> AsyncIterator[Session]:
    """Give a session that is started, with `more` variables; raises `CollectError` where the app is never ready."""
    async with session:
        start = await session.start(more=more)
        if start.ready_s is None:
            raise CollectError(
                session.unready(start),
                mend="run service.start by hand; what it needs goes to lab.environment in gonogo.yaml",
            )
        yield session
