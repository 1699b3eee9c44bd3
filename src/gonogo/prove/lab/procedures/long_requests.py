"""The model takes almost as long as is declared; what was handed off is looked for, and others ask meanwhile."""

from __future__ import annotations

import asyncio
import dataclasses

from gonogo.errors import CollectError
from gonogo.facts.lab_declaration import LongRequest
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.handed_off import looked_for
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

ALMOST = 0.95
"""The share of the declared time that the model takes."""
_GRACE_S, _BETWEEN_S, _MOST_BESIDE = 20.0, 1.0, 20
LONG = "long "
"""What the names of journeys begin with whose model call is slow."""


async def play(play: Play) -> None:
    """Play the healthy journeys, and then each that may take long."""
    session, system = play.session, play.system
    declared = session.settings.long
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    for journey in system.journeys:
        await session.ask(ask(journey, play.new_id()))
    play.done.append("healthy")
    for long in declared:
        name = f"{LONG}{long.journey}"
        slow = Fault(fault="slow-answer", seconds=long.model_s * ALMOST, journeys=(name,))
        session.room.play(play.scenario.scenario, "long", Script(faults=(slow,)))
        play.tell(f"{play.scenario.scenario}: {name}, {long.model_s:g} s")
        under_way = asyncio.create_task(_long(play, long, name))
        await _beside(play, under_way)
        await under_way
    play.done.append("long")


async def _long(play: Play, long: LongRequest, name: str) -> None:
    """Send the journey, and where it is handed off look for its answer."""
    journey = next((j for j in play.system.journeys if j.name == long.journey), None)
    if journey is None:
        raise CollectError(f"lab.long: there is no journey {long.journey!r}", mend="name one of journeys:")
    limit = long.model_s + _GRACE_S
    made = ask(journey, play.new_id(), headers=long.headers, deadline_s=limit)
    made = dataclasses.replace(made, name=name)
    came = await play.session.ask(made)
    play.sent += 1
    if came.status != 202:
        return
    play.session.hold(made)
    await looked_for(play, journey, name, came, limit)


async def _beside(play: Play, under_way: asyncio.Task[None]) -> None:
    """Let another user ask now and then while the long one is under way."""
    journey = play.system.journeys[0]
    for _ in range(_MOST_BESIDE):
        await asyncio.wait([under_way], timeout=_BETWEEN_S)
        if under_way.done():
            return
        await play.session.ask(ask(journey, play.new_id()), "beside")
        play.sent += 1
