"""What keeps an app in: the interface of containment. Its adapters are `bubblewrap` and `proxied`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOM = "/run/lab"
"""Where the room's sockets are seen from within, where the box has files of its own."""

START = "import sys; sys.path.append(sys.argv.pop(1)); from inside.main import run; run()"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What walls are built around.

    `root` is the system's own directory, `copy` the copy of it, `shared` directories within that are shown and not
    copied, `room` the directory of the lab's sockets, `home` and `scratch` empty directories for the app, `commands`
    what will be run, `ports` those that the app is to find the lab and itself at.
    """

    root: Path
    copy: Path
    shared: Sequence[Path]
    room: Path
    home: Path
    scratch: Path
    commands: Sequence[Sequence[str]]
    ports: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Walls:
    """How a box is made: the command that starts its first program, and how things are seen from within.

    `root` and `room` are where the copy and the sockets are seen; `alone` says that processes and network are the
    box's own; `confine` is what the first program is to lay on itself, `proxy` the port of a proxy that it opens.
    """

    command: list[str]
    root: str
    room: str
    alone: bool
    environment: Mapping[str, str] = field(default_factory=dict)
    confine: Mapping[str, Any] | None = None
    proxy: int | None = None


class Containment(Protocol):
    """An adapter."""

    def kind(self) -> str | None:
        """Return the name of what it does here, None where it cannot work on this machine."""
        ...

    def walls(self, ground: Ground) -> Walls:
        """Plan the walls."""
        ...


def first_program(inside: str, room: str) -> list[str]:
    """Return the command of the first program, whose package stands in `inside`."""
    return [os.path.realpath(sys.executable), "-I", "-B", "-c", START, inside, f"{room}/config.json"]
