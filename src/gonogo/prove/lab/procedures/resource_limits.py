"""Programs take more memory, processor time and disk than a run may, while another task asks for a small one."""

from __future__ import annotations

import asyncio

from gonogo.facts.declaration import RunLimits, Tool
from gonogo.facts.lab import LabFile
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.probes.load import MARK
from gonogo.prove.lab.probes.watch import left, watched
from gonogo.prove.lab.procedures.command_sandbox import RESULT, call, letters, running, values
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.tasks import Tasks

CASES = ("memory", "cpu", "disk")
HEAVY, LIGHT = "Please do the heavy work.", "Please do the light work."
_BESIDE_S = 0.3
_LATE_S = 0.3


async def play(play: Play) -> None:
    """Have each tool run each program."""
    session, room = play.session, play.session.room
    room.planted[RESULT] = letters(24)
    await play.ready()
    tasks = Tasks(play)
    await tasks.task("healthy")
    for tool in running(play):
        if tool.limits:
            for case in CASES:
                await _run(play, tasks, case, tool, tool.limits)
    play.done += ["healthy", *CASES]
    session.read_logs()


async def _run(play: Play, tasks: Tasks, case: str, tool: Tool, limits: RunLimits) -> None:
    """Have one program take too much, and a small one run beside it; keep what was taken, and what is left."""
    session, mark = play.session, MARK + letters(8)
    blanks = {**values(play, mark), "amount": str(_amount(case, limits))}
    patience = 30 + 4 * limits.cpu_s
    tasks.begin(
        case, call(play, tool, case, blanks, match="heavy work"), call(play, tool, "harmless", blanks, match="light")
    )

    async def beside() -> None:
        await asyncio.sleep(_BESIDE_S)
        await play.send(Send(journeys="first", text=LIGHT))

    async with watched(session.box, mark) as watch:
        await asyncio.gather(play.send(Send(journeys="first", text=HEAVY, deadline_s=patience)), beside())
        await tasks.approve()
    await asyncio.sleep(_LATE_S)
    taken = {"memory": (watch.memory_mib, "MiB"), "cpu": (watch.cpu_s, "s"), "disk": (watch.disk_mib, "MiB")}
    play.measure(case, *taken[case], subject=tool.name)
    for place in await left(session.box, mark):
        play.session.room.see(LabFile, path=place, change="left")


def _amount(case: str, limits: RunLimits) -> int:
    """Return how much a program tries to take: clearly more than it may, and not more than this machine can bear."""
    if case == "cpu":
        return round(1.5 * limits.cpu_s) + 2
    limit = limits.memory_mib if case == "memory" else limits.disk_mib
    return round(min(2 * limit, limit + 512)) + 64
