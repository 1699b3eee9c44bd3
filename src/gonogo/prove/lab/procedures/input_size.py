"""The first journey with a text just over each limit, and a hundred times too long; the app's memory beside it."""

from __future__ import annotations

from gonogo.prove.drive.processes import peak_mib
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

MOST_BYTES = 256 * 1024
"""The threshold `max_body_kib` of the control."""
MOST_TOKENS = 8000
"""The threshold `max_input_tokens`."""


async def play(play: Play) -> None:
    """Play the healthy journeys, and the sizes one after another."""
    session = play.session
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    for case, size in (
        ("tokens-over", (MOST_TOKENS + 1000) * 6),
        ("bytes-over", MOST_BYTES + 1024),
        ("hundredfold", MOST_BYTES * 100),
    ):
        session.room.case = case
        before = peak_mib(session.box.processes())
        await play.send(Send(journeys="first", text=("word " * (size // 5 + 1))[:size]))
        play.measure("memory-grown", peak_mib(session.box.processes()) - before, "MiB")
        play.done.append(case)
