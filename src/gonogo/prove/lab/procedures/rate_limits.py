"""One caller asks as fast as it can, until it is refused or has asked more than the limits allow."""

from __future__ import annotations

import dataclasses

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

MOST = {True: 70, False: 140}
"""How many requests: past the limit of a user (60 a minute, and a twentieth more) or, where nobody signs in, of an
address (120)."""
AT_ONCE = 4


async def play(play: Play) -> None:
    """Play the healthy journey, the burst, the same caller under a forged address, and another caller."""
    session = play.session
    await play.ready()
    first = Send(journeys="first")
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(first)
    play.done.append("healthy")
    session.room.case = "burst"
    left = MOST[bool(play.system.identities)]
    while left > 0:
        play.tell(f"{play.scenario.scenario}: {left} requests left")
        came = await play.send(dataclasses.replace(first, times=min(AT_ONCE, left), parallel=AT_ONCE))
        left -= AT_ONCE
        if any(e.status == 429 for e in came):
            break
    play.done.append("burst")
    session.room.case = "forged-address"
    await play.send(dataclasses.replace(first, headers={"X-Forwarded-For": "198.51.100.7"}))
    play.done.append("forged-address")
    if len(play.system.identities) > 1:
        session.room.case = "another-caller"
        await play.send(dataclasses.replace(first, identity="second"))
        play.done.append("another-caller")
