"""A normal day passes, and then trouble comes and goes: slow answers, errors, a stopped instance."""

from __future__ import annotations

import asyncio
import signal

from gonogo.facts import System
from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.passing import PACE_S, REAL_S, Passing, begun
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
    """Play the day, and each trouble until an alert arrives and until that is over, side by side."""
    clock = play.session.clock()
    if clock is None:
        play.cut[DAY] = f"the clock of the app cannot be set here; {MEND}"
        return
    await play.apart(_day_and_stop, _latency, _errors)


async def _day_and_stop(play: Play) -> None:
    """Stop the instance only after a day, when whatever watches it has seen it well."""
    line = await _line(play)
    play.session.room.play(play.scenario.scenario, DAY, Script())
    for number in range(_TICKS):
        await line.step(_TICK_S, times=1 + number % 3, pace_s=0.1)
    await asyncio.sleep(PACE_S)
    play.done.append(DAY)
    await play.session.box.signal("service", signal.SIGSTOP)
    await line.until_told("stopped", Script(), times=0, window_min=0, real_s=REAL_S + 60)
    await play.session.box.signal("service", signal.SIGCONT)
    await line.until_told("stopped-over", Script(), real_s=_OVER_S)


async def _latency(play: Play) -> None:
    slow = Fault(fault="slow-answer", seconds=_SLOW * latency_objective_s(play.system))
    await _trouble(await _line(play), "latency", Script(faults=(slow,)))


async def _errors(play: Play) -> None:
    await _trouble(await _line(play), "errors", Script(faults=(Fault(fault="status"),)))


async def _line(play: Play) -> Passing:
    clock = play.session.clock()
    assert clock  # noqa: S101  (there was one a moment ago)
    return await begun(play, clock)


async def _trouble(line: Passing, case: str, script: Script) -> None:
    await line.until_told(case, script)
    await line.until_told(f"{case}-over", Script(), real_s=_OVER_S)


def latency_objective_s(system: System) -> float:
    """Return the declared p95 of latency in seconds; the scenario needs it."""
    units = {"s": 1.0, "ms": 0.001}
    return next(o.target * units[o.unit] for o in system.objectives if o.name == "latency-p95" and o.unit in units)
