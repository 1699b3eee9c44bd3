"""The app is started without each required setting, and then several times as it should be."""

from __future__ import annotations

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

_STARTS = 3


async def play(play: Play) -> None:
    """Play each start; after a good one the first journey is sent, and how long all took is kept."""
    session = play.session
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    for name in play.system.lab.required if play.system.lab else ():
        case = f"without {name}"
        session.room.play(play.scenario.scenario, case, Script())
        play.tell(f"{play.scenario.scenario}: {case}")
        await session.stop()
        session.settle()
        start = await session.start(without=[name])
        if start.ready_s is not None:
            await play.send(Send(journeys="first"))
        play.done.append(case)
    session.room.play(play.scenario.scenario, "cold", Script())
    for number in range(_STARTS):
        await session.stop("KILL")
        session.settle()
        began = session.room.clock()
        start = await session.start()
        if start.ready_s is None:
            continue
        (first, *_) = await play.send(Send(journeys="first"))
        for what, value in (("ready", start.ready_s), ("first-answer", session.room.clock() - began)):
            play.measure(what, value, "s", f"start {number + 1}, status {first.status}")
    play.done.append("cold")
