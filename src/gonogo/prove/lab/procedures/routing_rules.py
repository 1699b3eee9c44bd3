"""Every labelled question is put once."""

from __future__ import annotations

from gonogo.prove.lab import tiers
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script


async def play(play: Play) -> None:
    """Play the healthy journeys, and the questions of each tier."""
    declared = tiers.declared(play)
    await play.ready()
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    await tiers.put(play, "labelled", Script(), [text for tier in declared for text in tier.texts])
