"""All processes start at once, and then in reverse order; users ask all the while."""

from __future__ import annotations

import asyncio

import msgspec

from gonogo.facts import AppStart, Exchange
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

READY_S = 120
"""The threshold `ready_s` of the control."""
EARLY = "early"
"""The purpose of journeys that are sent before the service says that it is ready."""
_GAP_S, _POLL_S = 1.5, 0.2


async def play(play: Play) -> None:
    """Play both orders; the healthy journeys first."""
    session = play.session
    services = [s.name for s in session.settings.services]
    await play.anew()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    for case, order, gap in (
        ("all-at-once", [*services, "service"], 0.0),
        ("reversed", ["service", *reversed(services)], _GAP_S),
    ):
        play.tell(f"{play.scenario.scenario}: {case}")
        session.settle()
        await session.stop("KILL")
        session.room.play(play.scenario.scenario, case, Script())
        await _started(play, order, gap)
        play.done.append(case)


async def _started(play: Play, order: list[str], gap_s: float) -> None:
    """Start the processes, and ask until the service is ready, has ended, or has had long enough."""
    session, room = play.session, play.session.room
    began, ready = room.clock(), False
    due = {name: began + number * gap_s for number, name in enumerate(order)}
    while room.clock() - began < READY_S + 5 and not ready:
        if "service" not in due and session.box.exit_code("service") is not None:
            break
        for name in [n for n, at in due.items() if at <= room.clock()]:
            await session.launch(name)
            del due[name]
        ready = "service" not in due and await session.ready()
        if not ready and "service" not in due:
            await _early(play)
        await asyncio.sleep(_POLL_S)
    room.see(
        AppStart,
        ready_s=round(room.clock() - began, 3) if ready else None,
        exit_code=None if ready else session.box.exit_code("service"),
        without=", ".join(due),
    )
    if ready:
        for name in due:
            await session.launch(name)
        await play.send(Send())


async def _early(play: Play) -> None:
    """Send the first journey; what is answered when the service is ready meanwhile was not sent too early."""
    room = play.session.room
    exchange: Exchange = await play.session.ask(ask(play.system.journeys[0], play.new_id(), deadline_s=10), EARLY)
    play.sent += 1
    if await play.session.ready():
        place = room.facts.index(exchange)
        room.facts[place] = msgspec.structs.replace(exchange, purpose="meanwhile")
