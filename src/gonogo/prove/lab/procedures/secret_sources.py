"""The app is started without each key of a provider in turn: where it still calls with one, there is a copy."""

from __future__ import annotations

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

EMPTIED = "without "


async def play(play: Play) -> None:
    """Play the healthy journeys, and then the same without each key."""
    session = play.session
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    named = [p.key_variable for p in play.system.providers if p.key_variable]
    for variable in dict.fromkeys(named or ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"]):
        case = f"{EMPTIED}{variable}"
        session.room.play(play.scenario.scenario, case, Script())
        await session.stop()
        session.settle()
        start = await session.start(without=[variable])
        if start.ready_s is not None:
            await play.send(Send())
        play.done.append(case)
