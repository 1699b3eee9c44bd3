"""The model is cut and comes back, under traffic, while the health routes are asked again and again."""

from __future__ import annotations

import asyncio
import dataclasses
from time import monotonic

from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

_DETECT_S = 30.0
"""The threshold `detect_s` of the control."""
_EVERY_S = 0.3
_ROUNDS = 3
"""So often at least, so that how long a route takes is not a matter of one moment."""


async def play(play: Play) -> None:
    """Play all well, the model away until readiness says so, and back until it says so again."""
    session = play.session
    await play.ready()
    away = Script(faults=(Fault(fault="status", status=503),))
    for case, script, wanted in (("healthy", Script(), True), ("away", away, False), ("back", Script(), True)):
        session.room.play(play.scenario.scenario, case, script)
        play.tell(f"{play.scenario.scenario}: {case}")
        until, rounds = monotonic() + (_DETECT_S if case != "healthy" else 0), 0
        while True:
            await session.ask(ask(play.system.journeys[0], play.new_id()))
            ready = await _ask(play, "ready")
            await _ask(play, "live")
            play.sent += 1
            rounds += 1
            if rounds >= _ROUNDS and (ready is wanted or monotonic() > until):
                break
            await asyncio.sleep(_EVERY_S)
        play.done.append(case)


async def _ask(play: Play, which: str) -> bool:
    """Ask a health route; return whether it says that all is well."""
    service = play.system.service
    path = (service and ((which == "ready" and service.ready) or service.health)) or "/"
    asked = Ask(id=play.new_id(), name=which, method="GET", path=path, deadline_s=5, said=which)
    came = await play.session.ask(dataclasses.replace(asked), "health")
    return came.status is not None and came.status < 400
