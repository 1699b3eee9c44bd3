"""What the process table says of the programs that a tool runs, while they run and afterwards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gonogo.prove.drive.contain import Box

_EVERY_S = 0.05


@dataclass
class Watch:
    """What was seen of the processes of a box since a watch began.

    `before` has the status of each process that ran then. `most` is how many others ran at once. `risen` says what
    processes with the mark had more than the app's own have: another user, a capability. `traced` are processes of the
    app that a program traced.
    """

    mark: str
    before: dict[int, dict[str, str]]
    most: int = 0
    risen: set[str] = field(default_factory=set)
    traced: set[int] = field(default_factory=set)

    def look(self, pids: Iterable[int]) -> None:
        """Add what can be seen now."""
        pids = list(pids)
        self.most = max(self.most, len(set(pids) - self.before.keys()))
        users = {each.get("Uid", "") for each in self.before.values()}
        for pid in pids:
            now = status(pid)
            if pid in self.before and now.get("TracerPid", "0") != "0":
                self.traced.add(pid)
            if pid not in marked([pid], self.mark):
                continue
            if int(now.get("CapEff", "0"), 16):
                self.risen.add(f"capabilities {now['CapEff'].lstrip('0')}")
            if users and now.get("Uid", "") not in {"", *users}:
                self.risen.add(f"user {now['Uid'].split()[1]}")


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
