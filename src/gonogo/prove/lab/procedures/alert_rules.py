"""A normal day passes, and then trouble comes and goes: slow answers, errors, a stopped instance."""

from __future__ import annotations

import asyncio
import signal
from time import monotonic

from gonogo.derive.messages import form
from gonogo.errors import CollectError
from gonogo.facts import ChannelMessage
from gonogo.facts.lab import Measure
from gonogo.prove.drive.clock import MEND, Clock
from gonogo.prove.lab.play import QUICK_WAIT_S, Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

MINUTE, DAY = "minute", "day"
_TICKS, _TICK_S = 48, 1800.0
"""The steps of the normal day."""
_WINDOW_MIN = 6
"""Minutes that pass in a moment, so that a rule over some minutes can be met; from then on time is real."""
_PACE_S = 1.0
_REAL_S, _OVER_S = 240.0, 60.0
"""So long a case goes on in real time where nothing arrives: rules may be looked at rarely."""
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
    session.room.play(scenario, "healthy", Script())
    more = dict(play.system.load.environment) if play.system.load else {}
    begun = await session.start(more={**more, **clock.variables})
    if begun.ready_s is None:
        raise CollectError(session.unready(begun))
    await play.send(Send())
    play.done.append("healthy")
    line = _Line(play, clock)
    session.room.play(scenario, DAY, Script())
    for number in range(_TICKS):
        await line.step(_TICK_S, times=1 + number % 3, pace_s=0.1)
    await asyncio.sleep(_PACE_S)
    play.done.append(DAY)
    slow = Fault(fault="slow-answer", seconds=_SLOW * objective)
    for case, script in (("latency", Script(faults=(slow,))), ("errors", Script(faults=(Fault(fault="status"),)))):
        await line.trouble(case, script)
        await line.trouble(f"{case}-over", Script(), real_s=_OVER_S)
    await session.box.signal("service", signal.SIGSTOP)
    await line.trouble("stopped", Script(), times=0, window_min=0, real_s=_REAL_S + 60)
    await session.box.signal("service", signal.SIGCONT)
    await line.trouble("stopped-over", Script(), real_s=_OVER_S)


def latency_objective_s(play: Play) -> float | None:
    """Return the declared p95 of latency in seconds."""
    units = {"s": 1.0, "ms": 0.001}
    found = (o for o in play.system.objectives if o.name == "latency-p95" and o.unit in units)
    return next((o.target * units[o.unit] for o in found), None)


class _Line:
    """The time of the app, that goes on by steps while requests come."""

    def __init__(self, play: Play, clock: Clock) -> None:
        self.play, self.clock, self.ahead_s = play, clock, 0.0

    async def step(self, seconds: float, times: int = 3, pace_s: float = _PACE_S) -> None:
        """Let time pass, send requests side by side, and give rules the time to be looked at."""
        self.ahead_s += seconds
        self.clock.set(self.ahead_s)
        if times:
            await self.play.send(Send(journeys="first", times=times, parallel=times))
        await asyncio.sleep(pace_s)

    async def trouble(
        self, case: str, script: Script, times: int = 3, window_min: int = _WINDOW_MIN, real_s: float = _REAL_S
    ) -> None:
        """Play a case until a message of a new form arrives, and keep how far the app's clock had come in it."""
        play = self.play
        room = play.session.room
        known = {form(m.text) for m in room.facts if isinstance(m, ChannelMessage)}
        play.tell(f"{play.scenario.scenario}: {case}")
        room.play(play.scenario.scenario, case, script)
        began, ahead_s = monotonic(), self.ahead_s
        real_s = min(real_s, QUICK_WAIT_S) if play.quick else real_s
        steps = 0
        while steps < window_min or monotonic() - began < window_min * _PACE_S + real_s:
            await self.step(60.0 if steps < window_min else 0.0, times)
            steps += 1
            passed_s = monotonic() - began + self.ahead_s - ahead_s
            room.keep(
                Measure(
                    seen_at=room.now(), run=room.run, scenario=room.scenario, case=case, name=MINUTE,
                    value=round(passed_s / 60, 2), unit="min", subject=f"{room.clock():.4f}",
                )
            )  # fmt: skip
            if any(isinstance(m, ChannelMessage) and m.case == case and form(m.text) not in known for m in room.facts):
                break
        play.done.append(case)
