"""Each declared identity sends the first journey another number of times."""

from __future__ import annotations

import asyncio

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

_MOST = 3
_SETTLE_S = 0.2


async def play(play: Play) -> None:
    """Play up to three identities: three, two and one requests."""
    session = play.session
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    for number, identity in enumerate(play.system.identities[:_MOST]):
        await play.send(Send(journeys="first", times=_MOST - number, identity=identity.name))
    await asyncio.sleep(_SETTLE_S)
    session.read_logs()
    play.done.append("healthy")
