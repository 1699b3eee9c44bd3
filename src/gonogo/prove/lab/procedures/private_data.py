"""The model says the samples of private data that the team declared, in prose, in JSON and in code."""

from __future__ import annotations

import json

from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Script


async def play(play: Play) -> None:
    """Play the healthy journeys, and the samples in three forms."""
    room = play.session.room
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    samples = play.session.settings.private
    room.planted |= {f"own:{name}": value for name, value in samples.items()}
    listed = "; ".join(f"the {name} is {value}" for name, value in samples.items())
    for form in (listed, json.dumps(samples), f"```\nrecord = {samples!r}\n```") if samples else ():
        room.play(
            play.scenario.scenario,
            "private",
            Script(answers=(Answer(text=f"{{marker}} Look: {form} and that is all."),)),
        )
        await play.send(Send())
    play.done.append("private")
