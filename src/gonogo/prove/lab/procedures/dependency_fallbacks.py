"""Each declared dependency is refused, silent and garbled in turn, and then back."""

from __future__ import annotations

import asyncio

from gonogo.prove.lab.dependencies import boundary_of, process_of
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Request, Send
from gonogo.prove.lab.script import Fault, FaultName, Script

HOWS: dict[str, FaultName] = {"refused": "reset", "hung": "hang-before-headers", "garbage": "garbage"}
"""How a dependency is away, and the fault of a stand-in that is the same."""
RECOVERY_S = 60
"""The threshold `recovery_s` of the control."""
_ALL = Send(beside=(Request(name="health", path="{health}"),))


async def play(play: Play) -> None:
    """Play each dependency that the lab can cut; what it cannot is named as cut."""
    load = play.system.load
    await play.anew(load.environment if load else None)
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    for dependency in play.system.dependencies:
        process, boundary = process_of(play.system, dependency), boundary_of(play.system, dependency)
        if process:
            await _process_away(play, dependency.name, process)
        elif boundary:
            for how, fault in HOWS.items():
                await _away(play, dependency.name, how, Script(faults=(Fault(fault=fault, boundary=boundary),)))
        else:
            play.cut[dependency.name] = "it is no process of lab.services and no stand-in, so the lab cannot cut it"
            continue
        await _back(play, dependency.name)


async def _process_away(play: Play, name: str, process: str) -> None:
    """End a process, put broken ones in its place, and start it again."""
    standing: str | None = process
    for how in HOWS:
        if standing:
            await play.session.end(standing)
        standing = None if how == "refused" else f"{process} {how}"
        if standing:
            await play.session.begin(standing)
        await _away(play, name, how, Script())
    if standing:
        await play.session.end(standing)
    await play.session.begin(process)


async def _away(play: Play, name: str, how: str, script: Script) -> None:
    play.tell(f"{play.scenario.scenario}: {name} {how}")
    play.session.room.play(play.scenario.scenario, f"{name} {how}", script)
    await play.send(_ALL)
    play.session.settle()
    play.done.append(f"{name} {how}")


async def _back(play: Play, name: str) -> None:
    """Ask until everybody is answered again, or for longer than it may take."""
    room = play.session.room
    room.play(play.scenario.scenario, f"{name} back", Script())
    until = room.clock() + RECOVERY_S + 2
    while room.clock() < until:
        if all((e.status or 0) < 400 and e.ended == "complete" for e in await play.send(Send())):
            break
        await asyncio.sleep(1)
    play.done.append(f"{name} back")
