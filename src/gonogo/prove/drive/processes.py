"""The processes of a box as the host sees them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from gonogo.prove.drive.walls import START

_ROUNDS = 100


def below(pid: int) -> list[int]:
    """Return the ids of all processes below `pid` but those that make the box itself."""
    todo, found = [pid], []
    while todo:
        above = todo.pop()
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{above}/task").iterdir():
                todo += (children := [int(child) for child in (thread / "children").read_text().split()])
                found += children
    return [each for each in found if not _is_ours(each)]


def peak_mib(pids: Iterable[int]) -> float:
    """Return the most memory that processes ever had, together, in MiB; 0 where this machine does not tell."""
    found = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            text = Path(f"/proc/{pid}/status").read_text()
            found += int(next((line.split()[1] for line in text.splitlines() if line.startswith("VmHWM")), 0))
    return found / 1024


def end(mark: str) -> None:
    """Kill every process that has `mark` in its environment: the last resort where no namespace ends with its first."""
    for _ in range(_ROUNDS):
        found = [int(place.name) for place in Path("/proc").glob("[0-9]*") if _has(place, mark.encode())]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


async def last_words(stream: asyncio.StreamReader | None) -> str:
    """Read an output to its end and return the last of it."""
    kept = b""
    while stream is not None and (piece := await stream.read(4096)):
        kept = (kept + piece)[-300:]
    return kept.decode(errors="replace").strip()


def _has(place: Path, mark: bytes) -> bool:
    with contextlib.suppress(OSError):
        return mark in (place / "environ").read_bytes()
    return False


def _is_ours(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return START.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True
