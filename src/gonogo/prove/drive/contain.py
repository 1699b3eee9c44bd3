"""The box: the user's own app on a throw-away copy, where nothing outside changes and no packet leaves.

    async with contained(root, programs, forward={11001: "provider"}, on_line=print) as box:
        await box.start("service", environment)

Ports in `forward` lead to UNIX sockets of the lab in `box.room`; connections to hosts in `stand_in` to the sockets
named there, to all other hosts nowhere. It ends with everything that was started in it, however it ends.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from gonogo.errors import CollectError
from gonogo.prove.drive import authority, bubblewrap, proxied
from gonogo.prove.drive.clock import sleeping
from gonogo.prove.drive.copy import changes, copied, state
from gonogo.prove.drive.places import path
from gonogo.prove.drive.processes import below, end, last_words
from gonogo.prove.drive.scratch import one_at_a_time, scratch_directory
from gonogo.prove.drive.sink import Sink
from gonogo.prove.drive.walls import ROOM, Containment, Ground, Walls

ADAPTERS: tuple[Containment, ...] = (bubblewrap, proxied)
"""How an app can be contained, the best first."""

_STOP_S = 3.0
_OPEN_S = 15.0
_MEND = "install bubblewrap and allow it user namespaces; or free the port that is named"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process of the app: its command, its directory (relative to the system's), the port it listens on."""

    name: str
    command: Sequence[str]
    directory: str = "."
    port: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A command that was run to its end; `exit_code` is None where it was ended after its time."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float


OnLine = Callable[[str, str], None]
"""Takes one line of output: stream and text."""


@dataclass
class Box:
    """A running box.

    `kind` says what contains it, `copy` is the copy on the host, `room` the directory of the lab's sockets, `kept_out`
    are files of credentials that were left out.
    """

    root: Path
    copy: Path
    room: Path
    kind: str
    programs: dict[str, Program]
    on_line: OnLine
    kept_out: list[str]
    walls: Walls
    sink: Sink
    name: str
    reset_mark: bytes
    """What ends a connection of the lab's that is to be reset towards the app: a UNIX socket can only be closed."""
    names: dict[str, None] = field(default_factory=dict)
    """Host names that were looked up."""
    _process: asyncio.subprocess.Process | None = None
    _writer: asyncio.StreamWriter | None = None
    _opened: asyncio.Future[str | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _asked: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _codes: dict[str, int] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)
    _before: dict[str, tuple[int, int]] = field(default_factory=dict)

    def connector(self, port: int) -> aiohttp.BaseConnector:
        """Return what connects an HTTP client to a port in the box, as `http://127.0.0.1:PORT` says it."""
        return aiohttp.UnixConnector(path=str(self.room / f"port-{port}"), limit=0)

    async def start(self, name: str, environment: Mapping[str, str]) -> None:
        """Start a program; raises `CollectError` where its command cannot be run."""
        program = self.programs[name]
        self._codes.pop(name, None)
        said = await self._ask(
            do="start", name=name, command=self._words(program.command), directory=self._inside(program.directory),
            environment=self._environment(environment),
        )  # fmt: skip
        if "error" in said:
            raise CollectError(
                f"the command of {name} cannot be run: {said['error']}", mend="correct it in gonogo.yaml"
            )
        self._running.add(name)

    async def run(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: str = ".",
        stdin: bytes = b"",
        timeout_s: float = 60.0,
        limit: int = 4 << 20,
    ) -> Ran:
        """Run a command to its end, or for `timeout_s`; at most `limit` bytes of each of its outputs are kept."""
        said = await self._ask(
            do="run", command=self._words(command), directory=self._inside(directory), limit=limit, timeout=timeout_s,
            environment=self._environment(environment), stdin=base64.b64encode(stdin).decode(),
        )  # fmt: skip
        if "error" in said:
            raise CollectError(f"{command[0]} cannot be run: {said['error']}")
        out, err = base64.b64decode(said["stdout"]), base64.b64decode(said["stderr"])
        return Ran(exit_code=said["code"], stdout=out, stderr=err, seconds=said["s"])

    async def drain(self) -> None:
        """Return when every whole line that the programs have printed until now was given to `on_line`."""
        await self._ask(do="drain")

    async def stop(self, sign: int = signal.SIGTERM) -> None:
        """End every process of the app: asked by `sign` first, killed after three seconds."""
        if self._running:
            await self._ask(do="stop", sign=int(sign), wait=_STOP_S)
        self._running.clear()

    async def signal(self, name: str, sign: int) -> None:
        """Send a signal to a program and what shares its process group."""
        await self._ask(do="signal", name=name, sign=int(sign))

    @property
    def running(self) -> bool:
        """True while a program that was started has not ended."""
        return bool(self._running - self._codes.keys())

    def exit_code(self, name: str) -> int | None:
        """Return how a program ended by itself; None while it runs."""
        return self._codes.get(name)

    async def accepts(self, port: int) -> bool:
        """Tell whether something in the box accepts connections at `port`."""
        return bool((await self._ask(do="accepts", port=port)).get("accepts"))

    async def peers(self, port: int) -> dict[str, bool]:
        """Return the TCP connections to `port` in the box, those of the last minute too: which are open still."""
        found: dict[str, bool] = (await self._ask(do="peers", port=port))["peers"]
        return found

    def certificates(self, flaw: str) -> None:
        """Show certificates with this flaw from now on (self-signed, expired, wrong-name), good ones for none."""
        self.sink.flaw = flaw

    async def dns(self, failing: Sequence[str]) -> None:
        """Let names that match these globs not exist from now on."""
        await self._ask(do="dns", failing=list(failing))

    async def black_hole(self, port: int, on: bool) -> None:
        """Let a forwarded port swallow connections without an answer, as an address where nobody is; or end that."""
        said = await self._ask(do="black_hole", port=port, on=on)
        if "error" in said:
            raise CollectError(f"the address does not come back: {said['error']}")

    def processes(self) -> list[int]:
        """Return the host's process ids of everything in the box but its own first programs."""
        return below(self._process.pid) if self._process else []

    def changed(self) -> list[tuple[str, str]]:
        """Return the files of the copy that were created, changed or deleted since the box was made."""
        return list(changes(self._before, state(self.copy)))

    @property
    def contacts(self) -> list[tuple[str, int, str]]:
        """Return the other hosts that the app wanted to reach: host, port (0 for a name only), and what answered."""
        reached = {host for host, _, _ in self.sink.contacts}
        looked_up = [name for name in self.names if name not in reached and not self.sink.standin_of(name)]
        return [*self.sink.contacts, *((name, 0, "dns") for name in looked_up)]

    def _inside(self, directory: str) -> str:
        return os.path.normpath(os.path.join(self.walls.root, directory))

    def _seen(self, text: str) -> str:
        """Where copy and room are not seen at their usual places, what names these is to mean the others."""
        return text.replace(str(self.root), self.walls.root).replace(ROOM, self.walls.room)

    def _words(self, command: Sequence[str]) -> list[str]:
        return [self._seen(word) for word in command]

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        given = sleeping(given, self.room, self.walls.room)
        return {
            "PATH": os.pathsep.join(path(self.root)),
            "LANG": "C.UTF-8",
            "USER": "app",
            "LOGNAME": "app",
            "GONOGO_BOX": self.name,
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **authority.variables(f"{self.walls.room}/authority.pem"),
            **self.walls.environment,
            **{name: self._seen(value) for name, value in given.items()},
        }

    async def _ask(self, **ask: Any) -> dict[str, Any]:
        if self._writer is None or self._writer.is_closing():
            raise CollectError("the box has ended")
        number = next(self._ids)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": number, **ask}).encode() + b"\n")
        return await self._asked[number]

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                self._heard(json.loads(line))
        if not self._opened.done():
            self._opened.set_result("its first program ended")
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(CollectError("the box ended while it was at work"))

    def _heard(self, told: dict[str, Any]) -> None:
        if "said" in told:
            if not (waiting := self._asked.pop(told["id"])).done():
                waiting.set_result(told["said"])
        elif told["event"] == "line":
            self.on_line(told["stream"], told["text"])
        elif told["event"] == "exit":
            self._codes[told["name"]] = told["code"]
        elif told["event"] == "name":
            self.names[told["name"]] = None
        elif not self._opened.done():
            self._opened.set_result(told.get("why"))


def choose() -> tuple[str, Containment]:
    """Return what contains apps here, its name first; raises `CollectError` where nothing does."""
    for adapter in ADAPTERS:
        if kind := adapter.kind():
            return kind, adapter
    raise CollectError("apps can be contained on Linux only", mend="run the lab in a container or on a Linux machine")


@asynccontextmanager
async def contained(
    root: Path,
    programs: Sequence[Program],
    *,
    forward: Mapping[int, str],
    stand_in: Mapping[str, str] | None = None,
    on_line: OnLine = lambda _, __: None,
    by: Containment | None = None,
) -> AsyncIterator[Box]:
    """Make a box for the system at `root`.

    `forward` maps ports in it, and `stand_in` globs of host names, to names of sockets in `box.room`. `by` is the
    adapter, the best one that works here where it is None. Raises `CollectError` where no box can be made here.
    """
    root = root.resolve()
    kind, adapter = (by.kind() or "", by) if by else choose()
    async with AsyncExitStack() as stack:
        scratch = await stack.enter_async_context(scratch_directory())
        if kind != "bubblewrap":
            await stack.enter_async_context(one_at_a_time())
        copy, room, home, own = (scratch / name for name in ("copy", "room", "home", "tmp"))
        for place in (copy, room, home, own):
            place.mkdir(mode=0o700)
        shared, kept_out = await asyncio.to_thread(copied, root, copy)
        exposed = sorted({p.port for p in programs if p.port})
        walls = adapter.walls(
            Ground(
                root=root, copy=copy, shared=shared, room=room, home=home, scratch=own,
                commands=[p.command for p in programs], ports=[*forward, *exposed],
            )
        )  # fmt: skip
        mark = secrets.token_bytes(24)
        trusted = authority.authority()
        trusted.write(room / "authority.pem")
        sink = await stack.enter_async_context(Sink(room / "sink", trusted, stand_in or {}, mark))
        box = Box(
            root=root, copy=copy, room=room, kind=kind, programs={p.name: p for p in programs}, on_line=on_line,
            kept_out=kept_out, walls=walls, sink=sink, name=secrets.token_hex(8), reset_mark=mark, _before=state(copy),
        )  # fmt: skip
        await stack.enter_async_context(_running(box, forward, exposed))
        yield box


@asynccontextmanager
async def _running(box: Box, forward: Mapping[int, str], exposed: Sequence[int]) -> AsyncIterator[None]:
    """Run the first program of a box; in the end it ends, and everything that it started."""
    ours, its = socket.socketpair()
    listening = {port: socket.socket(socket.AF_UNIX) for port in exposed}
    for port, listener in listening.items():
        listener.bind(str(box.room / f"port-{port}"))
        listener.listen(4096)
    config = {
        "room": box.walls.room, "forward": dict(forward), "alone": box.walls.alone, "confine": box.walls.confine,
        "proxy": box.walls.proxy, "reset": box.reset_mark.hex(), "control": its.fileno(),
        "listening": {port: listener.fileno() for port, listener in listening.items()},
    }  # fmt: skip
    (box.room / "config.json").write_text(json.dumps(config))
    given = [its, *listening.values()]
    try:
        process = await asyncio.create_subprocess_exec(
            *box.walls.command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE, env={"PATH": os.defpath}, start_new_session=True,
            pass_fds=[each.fileno() for each in given],
        )  # fmt: skip
    except BaseException:
        ours.close()
        raise
    finally:
        for each in given:
            each.close()
    box._process = process
    reader, box._writer = await asyncio.open_unix_connection(sock=ours, limit=1 << 26)
    hearing = asyncio.create_task(box._listen(reader))
    saying = asyncio.create_task(last_words(process.stderr))
    try:
        async with asyncio.timeout(_OPEN_S):
            why = await box._opened
        if why is not None:
            said = await saying if process.returncode is not None else ""
            raise CollectError(f"no box can be made here: {why} {said}".strip(), mend=_MEND)
        yield
    finally:
        box._writer.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0 if box.walls.alone else _STOP_S):
                await process.wait()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()  # its namespace of processes ends with it, and everything in there
            await process.wait()
        if not box.walls.alone:
            end(f"GONOGO_BOX={box.name}")
        hearing.cancel()
        await asyncio.gather(hearing, saying, return_exceptions=True)
