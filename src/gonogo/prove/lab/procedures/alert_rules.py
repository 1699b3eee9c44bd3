"""A normal day passes, and then trouble comes and goes: slow answers, errors, a stopped instance."""

from __future__ import annotations

import asyncio
import signal

from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.passing import PACE_S, REAL_S, begun
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

DAY = "day"
_TICKS, _TICK_S = 48, 1800.0
"""The steps of the normal day."""
_OVER_S = 60.0
"""So long it goes on after the trouble where its end is not told."""
_SLOW = 1.5
"""Times the declared objective."""


async def play(play: Play) -> None:
    """Play the day, and each trouble until an alert arrives and until that is over; a few minutes at most."""
    session, scenario = play.session, play.scenario.scenario
    clock, objective = session.clock(), latency_objective_s(play)
    if clock is None:
        play.cut[DAY] = f"the clock of the app cannot be set here; {MEND}"
        return
    if objective is None:
        play.cut[DAY] = "no objective latency-p95 is declared, in s or ms"
        return
    line = await begun(play, clock)
    session.room.play(scenario, DAY, Script())
    for number in range(_TICKS):
        await line.step(_TICK_S, times=1 + number % 3, pace_s=0.1)
    await asyncio.sleep(PACE_S)
    play.done.append(DAY)
    slow = Fault(fault="slow-answer", seconds=_SLOW * objective)
    for case, script in (("latency", Script(faults=(slow,))), ("errors", Script(faults=(Fault(fault="status"),)))):
        await line.until_told(case, script)
        await line.until_told(f"{case}-over", Script(), real_s=_OVER_S)
    await session.box.signal("service", signal.SIGSTOP)
    await line.until_told("stopped", Script(), times=0, window_min=0, real_s=REAL_S + 60)
    await session.box.signal("service", signal.SIGCONT)
    await line.until_told("stopped-over", Script(), real_s=_OVER_S)


def latency_objective_s(play: Play) -> float | None:
    """Return the declared p95 of latency in seconds."""
    units = {"s": 1.0, "ms": 0.001}
    found = (o for o in play.system.objectives if o.name == "latency-p95" and o.unit in units)
    return next((o.target * units[o.unit] for o in found), None)
