"""The processes of a box as the host sees them."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gonogo.prove.drive.walls import START


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


def _is_ours(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return START.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True
