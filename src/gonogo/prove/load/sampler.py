"""What the app's processes use while they are under load, read from /proc about once a second."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

Series = list[tuple[float, float]]
"""Samples as (seconds since the start, value)."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@dataclass
class Sampler:
    """Samples of the processes that `pids` returns: processor time in percent of one core, resident memory in MB, open
    files, and connections among these. A process that ends between two looks counts no more."""

    pids: Callable[[], Iterable[int]]
    every_s: float = 1.0
    cpu: Series = field(default_factory=list)
    memory_mb: Series = field(default_factory=list)
    files: Series = field(default_factory=list)
    connections: Series = field(default_factory=list)
    _spent: dict[int, int] = field(default_factory=dict)
    _looked: float = 0.0

    async def follow(self) -> None:
        """Sample until cancelled; times count from this call."""
        begun = self._looked = monotonic()
        self._spent = {pid: _spent(pid) for pid in self.pids()}
        while True:
            await asyncio.sleep(self.every_s)
            await asyncio.to_thread(self.look, begun)  # an app of a thousand threads has as many files to read

    def look(self, begun: float) -> None:
        """Take one sample, at the seconds since `begun`."""
        now, pids = monotonic(), list(self.pids())
        if not pids:
            return  # an app that runs elsewhere is not seen, which is not the same as idle
        at = round(now - begun, 2)
        spent = {pid: _spent(pid) for pid in pids}
        used = sum(max(0, ticks - self._spent.get(pid, 0)) for pid, ticks in spent.items())
        handles = [_handles(pid) for pid in pids]
        self.cpu.append((at, round(100 * used / _TICKS / max(1e-6, now - self._looked), 1)))
        self.memory_mb.append((at, round(sum(map(_resident_mb, pids)), 2)))
        self.files.append((at, sum(files for files, _ in handles)))
        self.connections.append((at, sum(sockets for _, sockets in handles)))
        self._spent, self._looked = spent, now


def _spent(pid: int) -> int:
    """Return the ticks of the processor that a process has used; its name, in brackets, may hold anything."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _resident_mb(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB
    return 0.0


def _handles(pid: int) -> tuple[int, int]:
    """Return how many files a process has open, and how many of these are sockets."""
    files = sockets = 0
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as each:
        for entry in each:
            files += 1
            with contextlib.suppress(OSError):
                sockets += os.readlink(entry.path).startswith("socket:")  # noqa: PTH115  (once a second, of thousands)
    return files, sockets
