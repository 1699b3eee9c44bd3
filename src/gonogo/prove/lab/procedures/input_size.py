"""The first journey with a text just over each limit, and a hundred times too long; the app's memory beside it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gonogo.facts.lab import Measure
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
        play.measure("memory-grown", _peak_mib(session.box.processes()) - before, "MiB")
        play.done.append(case)


def _peak_mib(pids: list[int]) -> float:
    """The most memory that the processes ever had, together; 0 where this machine does not tell."""
    found = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            text = Path(f"/proc/{pid}/status").read_text()
            found += int(next((line.split()[1] for line in text.splitlines() if line.startswith("VmHWM")), 0))
    return found / 1024
        _keep(play, case, peak_mib(session.box.processes()) - before)
        play.done.append(case)


def _keep(play: Play, case: str, grown: float) -> None:
    room = play.session.room
    room.keep(
        Measure(
            seen_at=room.now(), run=room.run, scenario=room.scenario, case=case,
            name="memory-grown", value=round(grown, 1), unit="MiB",
        )
    )  # fmt: skip
