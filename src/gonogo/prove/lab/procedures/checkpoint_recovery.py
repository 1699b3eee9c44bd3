"""A task of several steps is done, and then again and again, with the process killed at another step each time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic
from uuid import uuid4

from gonogo.derive.scope import within
from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey
from gonogo.facts.traffic import Boundary
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.declared_tools import acting, calling, progressing
from gonogo.prove.lab.handed_off import looked_for
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault
from gonogo.prove.lab.tasks import ANY, Tasks

WHOLE = "whole"
STEPS = 3
"""Calls of tools in the task; the model has one more turn, in which it answers."""
_MET_S, _MOST_S, _AGAIN_S = 30.0, 60.0, 0.5
_LATER = (202, 409, 425, 503)
"""What an app says of a task that it is still at."""


async def play(play: Play) -> None:
    """Play the whole task, and then one task for each call of the model and of a tool, at which the process ends."""
    tasks = Tasks(play)
    await play.ready()
    await tasks.task("healthy", ANY)
    play.done.append("healthy")
    recovery = play.session.settings.recovery
    journey = next((j for j in play.system.journeys if recovery and j.name == recovery.journey), None)
    if recovery is None or journey is None:
        play.cut[WHOLE] = "lab.recovery is not declared, or names no declared journey"
        return
    tool = acting(play.system)
    if tool is None:
        play.cut[WHOLE] = "no tool is declared, with an example, that acts without a person's approval"
        return
    room = play.session.room
    calls = [calling(room, tool, within(tool, "of step {n}"), turn=n, repeat=True) for n in range(STEPS)]

    async def case(name: str, *faults: Fault) -> None:
        tasks.begin(name, *calls, faults=faults, tools=progressing(play.system))
        await _task(play, journey, recovery.header, killed=bool(faults))
        play.done.append(name)

    await case(WHOLE)
    points: list[tuple[Boundary, int]] = [("model", n) for n in range(STEPS + 1)]
    points += [("tool", n) for n in range(STEPS)]
    for boundary, before in points:
        hang = Fault(fault="hang-before-headers", boundary=boundary, after=before)
        await case(f"{boundary} {before + 1}", hang)


async def _task(play: Play, journey: Journey, header: str, killed: bool) -> None:
    """Send a task; where it is to be killed, end the process at the call that hangs, and get on with the task."""
    session = play.session
    named = {header: str(uuid4())}
    sent = asyncio.create_task(session.ask(ask(journey, play.new_id(), headers=named)))
    play.sent += 1
    if killed:
        began = monotonic()
        while session.room.hits.get(0, 0) <= session.room.script.faults[0].after and monotonic() - began < _MET_S:
            await asyncio.sleep(0.02)
        await session.end("service")
        session.room.script = replace(session.room.script, faults=())
    came = await sent
    if killed and not await session.renew():
        raise CollectError("the service does not become ready again when it is killed amid a task")
    until = monotonic() + _MOST_S
    while came.status != 202 and killed and monotonic() < until:
        came = await session.ask(ask(journey, play.new_id(), headers=named))
        if came.status not in _LATER:
            return
        await asyncio.sleep(_AGAIN_S)
    if came.status == 202:
        await looked_for(play, journey, journey.name, came, _MOST_S)
