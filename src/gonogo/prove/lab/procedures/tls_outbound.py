"""The app is pointed at providers by their real names, over TLS; then their certificates are bad, each in one way."""

from __future__ import annotations

from gonogo.prove.drive.environment import variables
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, FaultName, Script
from gonogo.prove.lab.standins.house import ADDRESSES

_REAL = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
}
_FLAWS: tuple[FaultName, ...] = ("tls-self-signed", "tls-expired", "tls-wrong-name")


async def play(play: Play) -> None:
    """Play the journeys with a good certificate, and with each bad one to an app that is started anew."""
    session = play.session
    more = variables(play.system, {**ADDRESSES, **_REAL})
    scripts = {fault.removeprefix("tls-"): Script(faults=(Fault(fault=fault),)) for fault in _FLAWS}
    for case, script in {"healthy": Script(), **scripts}.items():
        session.room.play(play.scenario.scenario, case, script)
        await session.follow(script)
        await session.stop("KILL")
        session.settle()
        start = await session.start(more=more)
        if start.ready_s is not None:
            await play.send(Send())
        play.done.append(case)
    await session.follow(Script())
