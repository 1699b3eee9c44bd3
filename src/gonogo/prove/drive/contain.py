"""The box: the user's own app on a throw-away copy, where nothing outside changes and no packet leaves.

    async with contained(root, programs, forward={11001: "provider"}, on_line=print) as box:
        await box.start("service", environment)

The first choice is bubblewrap: namespaces of its own for files, processes and network; programs read what the system
has installed and write to the copy, to /tmp and to an empty home. The network is a loopback device: ports in `forward`
lead to UNIX sockets of the lab in `box.room`, port 80 and 443 of every other host to the socket `sink`, and nothing
else anywhere. It ends with everything that was started in it, however it ends.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from gonogo.errors import CollectError
from gonogo.prove.drive.copy import changes, copied, state

INSIDE = Path(__file__).with_name("inside.py")
ROOM = "/run/lab"
"""Where the room's sockets are seen in the box."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/snap")
_ETC: tuple[str, ...] = (
    "passwd",
    "group",
    "ssl",
    "ca-certificates",
    "pki",
    "localtime",
    "timezone",
    "ld.so.cache",
    "ld.so.conf",
)
_ETC += ("ld.so.conf.d", "alternatives", "fonts", "mime.types", "java-17-openjdk", "java-21-openjdk", "nsswitch.conf")
_STOP_S = 3.0


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
    """A running box. `copy` is the copy on the host, `room` the directory of the sockets, `kept_out` files left out."""

    root: Path
    copy: Path
    room: Path
    programs: dict[str, Program]
    on_line: OnLine
    kept_out: list[str] = field(default_factory=list)
    kind: str = "bubblewrap"
    reset_mark: bytes = field(default_factory=lambda: secrets.token_bytes(24))
    """What ends a connection of the lab's that is to be reset towards the app: a UNIX socket can only be closed."""
    names: dict[str, None] = field(default_factory=dict)
    """Host names that were looked up."""
    contacts: list[tuple[str, int, str]] = field(default_factory=list)
    """Other hosts that the app wanted to reach: host, port, and what answered."""
    _process: asyncio.subprocess.Process | None = None
    _writer: asyncio.StreamWriter | None = None
    _asked: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _codes: dict[str, int] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)
    _before: dict[str, tuple[int, int]] = field(default_factory=dict)

    def connector(self, port: int) -> aiohttp.BaseConnector:
        """Return what connects an HTTP client to a port in the box."""
        return aiohttp.UnixConnector(path=str(self.room / f"port-{port}"), limit=0)

    async def start(self, name: str, environment: Mapping[str, str]) -> None:
        """Start a program; raises `CollectError` where its command cannot be run."""
        program = self.programs[name]
        self._codes.pop(name, None)
        said = await self._ask(
            do="start", name=name, command=list(program.command), directory=self._inside(program.directory),
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
            do="run", command=list(command), directory=self._inside(directory), limit=limit, timeout=timeout_s,
            environment=self._environment(environment), stdin=base64.b64encode(stdin).decode(),
        )  # fmt: skip
        if "error" in said:
            raise CollectError(f"{command[0]} cannot be run: {said['error']}")
        out, err = base64.b64decode(said["stdout"]), base64.b64decode(said["stderr"])
        return Ran(exit_code=said["code"], stdout=out, stderr=err, seconds=said["s"])

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
        todo = [self._process.pid] if self._process else []
        found: list[int] = []
        while todo:
            pid = todo.pop()
            with contextlib.suppress(OSError):
                children = [
                    int(c) for t in Path(f"/proc/{pid}/task").iterdir() for c in (t / "children").read_text().split()
                ]
                found += children
                todo += children
        return [pid for pid in found if not _is_inside(pid)]

    def changed(self) -> list[tuple[str, str]]:
        """Return the files of the copy that were created, changed or deleted since the box was made."""
        return list(changes(self._before, state(self.copy)))

    def _inside(self, directory: str) -> str:
        return os.path.normpath(self.root / directory)

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join(_path()),
            "HOME": "/home/app",
            "LANG": "C.UTF-8",
            "TMPDIR": "/tmp",  # noqa: S108  (in the box, where it is a memory of its own)
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **given,
        }

    async def _ask(self, **ask: Any) -> dict[str, Any]:
        if self._writer is None or self._writer.is_closing():
            raise CollectError("the box has ended")
        number = next(self._ids)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": number, **ask}).encode() + b"\n")
        return await self._asked[number]

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            self._heard(json.loads(line))
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


@asynccontextmanager
async def contained(
    root: Path, programs: Sequence[Program], *, forward: Mapping[int, str], on_line: OnLine = lambda _, __: None
) -> AsyncIterator[Box]:
    """Make a box for the system at `root`; `forward` maps ports in it to names of sockets in `box.room`.

    Raises `CollectError` where no box can be made here.
    """
    root = root.resolve()
    with tempfile.TemporaryDirectory(prefix="gonogo-") as scratch:
        copy, room = Path(scratch) / "copy", Path(scratch) / "room"
        copy.mkdir()
        room.mkdir(mode=0o700)
        shared, kept_out = copied(root, copy)
        box = Box(
            root=root, copy=copy, room=room, on_line=on_line, kept_out=kept_out,
            programs={p.name: p for p in programs}, _before=state(copy),
        )  # fmt: skip
        expose = sorted({p.port for p in programs if p.port})
        config = {"forward": dict(forward), "expose": expose, "reset": box.reset_mark.hex()}
        (room / "config.json").write_text(json.dumps(config))
        process = await asyncio.create_subprocess_exec(
            *_bubblewrap(root, copy, room, shared), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env={"PATH": os.defpath},
        )  # fmt: skip
        box._process = process
        listening: asyncio.Task[None] | None = None
        try:
            reader, box._writer = await _control(room / "control", process)
            listening = asyncio.create_task(box._listen(reader))
            yield box
        finally:
            if box._writer is not None:
                box._writer.close()
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()  # its namespace of processes ends with it, and everything in there
            await process.wait()
            if listening is not None:
                await asyncio.gather(listening, return_exceptions=True)


async def _control(
    place: Path, process: asyncio.subprocess.Process
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(1000):
        if process.returncode is not None:
            said = (await process.stderr.read()).decode(errors="replace").strip() if process.stderr else ""
            raise CollectError(f"no box can be made here: {said[-300:]}", mend="allow user namespaces to bubblewrap")
        with contextlib.suppress(OSError):
            return await asyncio.open_unix_connection(str(place), limit=1 << 26)
        await asyncio.sleep(0.01)
    raise CollectError("the box did not open within 10 s")


def _bubblewrap(root: Path, copy: Path, room: Path, shared: Sequence[Path]) -> list[str]:
    """Return the command that makes the box."""
    program = shutil.which("bwrap", path=f"{os.environ.get('PATH', '')}:/usr/bin")
    if program is None:
        raise CollectError("bubblewrap is not installed", mend="apt install bubblewrap (dnf, pacman: the same name)")
    words = [
        program, "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--die-with-parent",
        "--new-session", "--clearenv", "--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_NET_ADMIN",
        "--hostname", "lab",
    ]  # fmt: skip
    for place in _SYSTEM:
        if os.path.islink(place):
            words += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            words += ["--ro-bind", place, place]
    for name in _ETC:
        words += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    (room / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (room / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    for place in ("/tmp", "/run", "/var/tmp", "/home/app"):  # noqa: S108  (in the box)
        words += ["--tmpfs", place]
    words += [
        "--ro-bind",
        str(room / "hosts"),
        "/etc/hosts",
        "--ro-bind",
        str(room / "resolv.conf"),
        "/etc/resolv.conf",
    ]
    # Not `--dev`: it makes bubblewrap nest a second user namespace, whose rights do not hold for the network.
    words += ["--proc", "/proc", "--tmpfs", "/dev", "--tmpfs", "/dev/shm", "--symlink", "/proc/self/fd", "/dev/fd"]  # noqa: S108
    for device in ("null", "zero", "full", "random", "urandom"):
        words += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    words += ["--bind", str(room), ROOM]
    for prefix in _prefixes(root):
        words += ["--ro-bind", prefix, prefix]
    words += ["--bind", str(copy), str(root)]
    for inner in shared:
        words += ["--ro-bind", str(root / inner), str(root / inner)]
    words += ["--ro-bind", str(INSIDE), "/run/inside.py", "--chdir", str(root)]
    return [*words, os.path.realpath(sys.executable), "-I", "-B", "/run/inside.py"]


def _path() -> list[str]:
    """The directories of programs that the box keeps: those of PATH that stand on absolute places."""
    own = str(Path(sys.executable).parent)
    places = [own, *os.environ.get("PATH", os.defpath).split(os.pathsep)]
    return list(dict.fromkeys(p for p in places if p.startswith("/") and os.path.isdir(p)))


def _prefixes(root: Path) -> list[str]:
    """Directories outside the system's own places that installed programs live in: of python, of node, of PATH."""
    found = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
    for place in _path():
        if Path(place).name in ("bin", "sbin", "shims") and not _covered(place, _SYSTEM):
            found.add(str(Path(place).parent))
    for word in ("python3", "node"):
        if program := shutil.which(word):
            found.add(str(Path(os.path.realpath(program)).parent.parent))
    homes = {str(Path.home()), "/root", "/home", "/", str(root)}
    kept = [p for p in sorted(found) if p not in homes and not _covered(p, _SYSTEM) and os.path.isdir(p)]
    return [p for p in kept if not _covered(p, [k for k in kept if k != p])]


def _covered(place: str, by: Sequence[str]) -> bool:
    return any(place == b or place.startswith(b + "/") for b in by)


def _is_inside(pid: int) -> bool:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b"/run/inside.py" in words
    return True
