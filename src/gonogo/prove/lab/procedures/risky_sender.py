"""One identity sends attacks, one after another, and then asks something harmless; another identity asks that too."""

from __future__ import annotations

from gonogo.prove.lab.attacking import aimed
from gonogo.prove.lab.attacks.load import attacks
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

FLAGGED = 12
"""Attacks in a row: twice as many as may pass before the sender is slowed down, and some that go unnoticed."""


async def play(play: Play) -> None:
    """Play the healthy journeys, the attacks, and a harmless question of each of two users."""
    room = play.session.room
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    room.case = "attacks"
    for attack in [a for a in attacks(["injection"]) if not a.benign][:FLAGGED]:
        room.script = aimed(Script(), attack)
        await play.send(Send(journeys="first", identity="first"), attack)
    play.done.append("attacks")
    for case, identity in (("same-sender", "first"), ("another-sender", "second")):
        room.play(play.scenario.scenario, case, Script())
        await play.send(Send(journeys="first", identity=identity, times=2))
        play.done.append(case)
