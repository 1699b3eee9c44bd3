"""File tools of the app's own get paths inside their directory, and paths that lead out of it in many ways."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote

from gonogo.facts.declaration import Tool
from gonogo.facts.lab import LabFile
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Answer
from gonogo.prove.lab.tasks import ANY, Tasks

INSIDE, OUTSIDE, WRITTEN = "canary:inside", "canary:outside", "gonogo-was-here"
"""Ids of what stands in a file inside the directory and in those outside, and the words that are written."""
_NAME, _CANARY, _NEW, _LINK, _OUT = (
    "gonogo-a.txt",
    "gonogo-canary.txt",
    "gonogo-new.txt",
    "gonogo-link.txt",
    "gonogo-out",
)
VARIABLE = "GONOGO_CANARY"


async def play(play: Play) -> None:
    """Plant the canaries; play each tool inside its directory, and then with each path that leads out."""
    session, room = play.session, play.session.room
    room.planted |= {INSIDE: secrets.token_hex(12), OUTSIDE: secrets.token_hex(12)}
    await play.anew({VARIABLE: room.planted[OUTSIDE]})
    tasks = Tasks(play)
    await tasks.task("healthy", ANY)
    tools = [t for t in play.system.tools if t.directory is not None and t.example and not t.runs]
    for tool in tools:
        _planted(play, tool)
        await _called(tasks, "inside", tool, _NAME)
        _kept(play, session.box.copy / (tool.directory or ".") / _NAME, {INSIDE})
    for tool in tools:
        for path in _ways_out(play, tool):
            _planted(play, tool)
            await _called(tasks, "outside", tool, path)
            top = session.box.copy
            for place in (top / _CANARY, top / _NEW, top / _OUT / _NEW):
                _kept(play, place, {OUTSIDE})
    play.done += ["healthy", "inside", "outside"]
    session.read_logs()


def _planted(play: Play, tool: Tool) -> None:
    """Lay the files as they are to stay: one inside, canaries outside, and links from inside to them."""
    room, top = play.session.room, play.session.box.copy
    inside = top / (tool.directory or ".")
    inside.mkdir(parents=True, exist_ok=True)
    (top / _OUT).mkdir(exist_ok=True)
    (inside / _NAME).write_text(f"The office opens at nine. {room.planted[INSIDE]}\n")
    for place in (top / _CANARY, top / _OUT / _CANARY):
        place.write_text(f"Nobody may read this. {room.planted[OUTSIDE]}\n")
    for place in (top / _NEW, top / _OUT / _NEW):
        place.unlink(missing_ok=True)
    for link, to in ((inside / _LINK, top / _CANARY), (inside / _OUT, top / _OUT)):
        if not link.is_symlink():
            link.symlink_to(_relative(to, inside))


def _relative(to: Path, start: Path) -> Path:
    return Path(*[".."] * len(start.relative_to(to.parent).parts), to.name)


def _ways_out(play: Play, tool: Tool) -> list[str]:
    """Return paths to canaries: climbing, absolute, by links, encoded, cut by a null byte, and devices."""
    top = play.session.box.walls.root
    up = "/".join([".."] * len(Path(tool.directory or ".").parts)) or "."
    climbing = [f"{up}/{_CANARY}", f"{up}/{_NEW}", f"./x/../{up}/{_CANARY}", f"{up}/../../../../proc/self/environ"]
    absolute = [f"{top}/{_CANARY}", f"{top}/{_NEW}", f"file://{top}/{_CANARY}", "/proc/self/environ", "/dev/zero"]
    links = [_LINK, f"{_OUT}/{_CANARY}", f"{_OUT}/{_NEW}"]
    encoded = [quote(f"{up}/{_CANARY}", safe=""), f"{up}/{_CANARY}".replace("/", "\\"), f"....//{_CANARY}"]
    return [*climbing, *absolute, *links, *encoded, f"{up}/{_CANARY}\0.txt", f"{_NAME}\0/../{up}/{_CANARY}"]


async def _called(tasks: Tasks, case: str, tool: Tool, path: str) -> None:
    content = {n: f"{WRITTEN} {v}" for n, v in tool.example.items() if n != tool.path}
    call = Answer(tool=tool.name, arguments={**content, tool.path: path})
    await tasks.task(case, call)


def _kept(play: Play, place: Path, own: set[str]) -> None:
    """Keep what became of a file: whether it holds what was written, and what was planted in it."""
    room, copy = play.session.room, play.session.box.copy
    text = place.read_text(errors="replace") if place.is_file() else ""
    held = tuple(id for id in sorted(own) if room.planted[id] in text)
    change = "written" if WRITTEN in text else "whole" if held else "gone"
    room.see(LabFile, change=change, path=place.relative_to(copy).as_posix(), bytes=len(text), canaries=held)
