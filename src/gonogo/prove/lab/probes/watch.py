"""What the process table says of the programs that a tool runs, while they run and afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gonogo.prove.drive.contain import Box

_EVERY_S = 0.05


@dataclass
class Watch:
    """What was seen of the processes of a box since a watch began.

    `before` has the status of each process that ran then. `most` is how many others ran at once. `risen` says what
    rights processes with the mark had: capabilities, and those of root where the app has not. `traced` are processes
    of the app that a program traced. Of all processes together, beyond what those before had: `memory_mib` is the most
    memory at once, `cpu_s` the processor time, `disk_mib` the most that stood at once in open files with the mark in
    their name.
    """

    mark: str
    before: dict[int, dict[str, str]]
    most: int = 0
    risen: set[str] = field(default_factory=set)
    traced: set[int] = field(default_factory=set)
    memory_mib: float = 0.0
    disk_mib: float = 0.0
    _spent: dict[int, float] = field(default_factory=dict)
    _begun: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note what the processes before have spent until now."""
        self._begun = {pid: spent_s(pid) for pid in self.before}

    @property
    def cpu_s(self) -> float:
        """Return how many seconds of the processor were spent since the watch began."""
        return sum(spent - self._begun.get(pid, 0.0) for pid, spent in self._spent.items())

    def look(self, pids: Iterable[int]) -> None:
        """Add what can be seen now."""
        pids = list(pids)
        self.most = max(self.most, len(set(pids) - self.before.keys()))
        memory, blocks = 0.0, dict[tuple[int, int], int]()
        for pid in pids:
            now = status(pid)
            memory += _memory_mib(now) - _memory_mib(self.before.get(pid, {}))
            blocks |= _open(pid, self.mark)
            self._spent[pid] = max(self._spent.get(pid, 0.0), spent_s(pid))
            if pid in self.before and now.get("TracerPid", "0") != "0":
                self.traced.add(pid)
            if marked([pid], self.mark):
                self.risen.update(rights(now, self.before.values()))
        self.memory_mib, self.disk_mib = max(self.memory_mib, memory), max(self.disk_mib, sum(blocks.values()) / 2048)


@asynccontextmanager
async def watched(box: Box, mark: str) -> AsyncIterator[Watch]:
    """Look at the processes of a box again and again until the block ends."""
    watch = Watch(mark, {pid: status(pid) for pid in box.processes()})

    async def looking() -> None:
        while True:
            watch.look(box.processes())
            await asyncio.sleep(_EVERY_S)

    task = asyncio.create_task(looking())
    try:
        yield watch
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def status(pid: int) -> dict[str, str]:
    """Return what the kernel says of a process; nothing of one that has ended."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {}


def rights(status: Mapping[str, str], app: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield what a process has of rights, by its status: capabilities, and those of root where the app has not."""
    if held := status.get("CapEff", "").lstrip("0"):
        yield f"capabilities {held}"
    users = [each.get("Uid", "").split()[1:2] for each in (status, *app)]
    if users[0] == ["0"] and ["0"] not in users[1:]:
        yield "the rights of root"


def spent_s(pid: int) -> float:
    """Return the processor time that a process has taken, in seconds; 0 for one that has ended."""
    with contextlib.suppress(OSError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _memory_mib(status: Mapping[str, str]) -> float:
    """Return the memory that a process has for itself: what it shares with others by files is not counted."""
    return sum(int(status.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem")) / 1024


def _open(pid: int, mark: str) -> dict[tuple[int, int], int]:
    """Return the files that a process has open with the mark in their name: how many blocks of 512 bytes each takes."""
    blocks: dict[tuple[int, int], int] = {}
    with contextlib.suppress(OSError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if mark in str(each.readlink()):
                    found = each.stat()
                    blocks[found.st_dev, found.st_ino] = found.st_blocks
    return blocks


def marked(pids: Iterable[int], mark: str) -> list[int]:
    """Return the processes that have the mark as their name or as an argument, and have not ended."""
    return [pid for pid in pids if mark in _names(pid) and not status(pid).get("State", "Z").startswith("Z")]


def _names(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
        yield from Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")


async def left(box: Box, mark: str, besides: str | None = None) -> list[str]:
    """Return the files that have the mark in their name, as the app sees them: in its directory, home and temporary
    places, but for those in the directory `besides`."""
    own = box.walls.environment
    places = [box.walls.root, "/tmp", "/var/tmp", "/dev/shm", own.get("HOME", ""), own.get("TMPDIR", "")]  # noqa: S108
    command = ["find", *dict.fromkeys(filter(None, places)), "-xdev", "-name", f"*{mark}*"]
    ran = await box.run(command, environment={}, timeout_s=20)
    found = sorted(set(ran.stdout.decode("utf-8", "replace").splitlines()))
    kept = f"{box.walls.root}/{besides}/" if besides else None
    return [place.removeprefix(f"{box.walls.root}/") for place in found if not (kept and place.startswith(kept))]
