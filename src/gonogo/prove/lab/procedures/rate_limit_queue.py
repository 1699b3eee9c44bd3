"""The provider takes so many requests at once and so many a minute: twice as many come, and then far more."""

from __future__ import annotations

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

TAKEN, A_MINUTE = 10, 240
"""What the provider takes at once, and what comes back to that in a minute."""
FLOOD = 150
"""More than could be answered within `queue_wait_s`, so that a queue without a bound shows."""
_PATIENCE_S = 35.0
"""Longer than the threshold `queue_wait_s`, so that a queue that holds users longer is seen to."""


async def play(play: Play) -> None:
    """Play under the variables of load runs, since a few identities stand for many users."""
    session, load = play.session, play.system.load
    await play.anew(load.environment if load else None)
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    limited = Fault(fault="rate-limit", requests_per_minute=A_MINUTE, burst=TAKEN, shared=True)
    for case, count in (("burst", 2 * TAKEN), ("flood", FLOOD)):
        play.tell(f"{play.scenario.scenario}: {case}")
        session.room.play(play.scenario.scenario, case, Script(faults=(limited,)))
        await play.send(Send(journeys="first", times=count, parallel=count, deadline_s=_PATIENCE_S))
        session.settle()
        play.done.append(case)
