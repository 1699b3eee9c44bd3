"""Time that passes for the app while it runs: its clock is set ahead by steps, and requests come in each."""

from __future__ import annotations

import asyncio
from time import monotonic

from gonogo.derive.messages import form
from gonogo.facts import ChannelMessage
from gonogo.prove.drive.clock import Clock
from gonogo.prove.lab.play import QUICK_WAIT_S, Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

MINUTE = "minute"
WINDOW_MIN = 6
"""Minutes that pass in a moment, so that a rule over some minutes can be met; from then on time is real."""
PACE_S = 1.0
REAL_S = 240.0
"""So long a case goes on in real time where nothing arrives: rules may be looked at rarely."""


class Passing:
    """The time of one app, whose clock is `clock`."""

    def __init__(self, play: Play, clock: Clock) -> None:
        """Begin at the real time."""
        self.play, self.clock, self.ahead_s = play, clock, 0.0

    async def step(self, seconds: float, times: int = 3, pace_s: float = PACE_S, identity: str | None = None) -> None:
        """Let time pass, send requests side by side, and give rules the time to be looked at."""
        self.ahead_s += seconds
        self.clock.set(self.ahead_s)
        if times:
            await self.play.send(Send(journeys="first", times=times, parallel=times, identity=identity))
        await asyncio.sleep(pace_s)

    async def until_told(
        self, case: str, script: Script, times: int = 3, window_min: int = WINDOW_MIN, real_s: float = REAL_S
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
        while steps < window_min or monotonic() - began < window_min * PACE_S + real_s:
            await self.step(60.0 if steps < window_min else 0.0, times)
            steps += 1
            passed_s = monotonic() - began + self.ahead_s - ahead_s
            play.measure(MINUTE, round(passed_s / 60, 2), "min", f"{room.clock():.4f}")
            if any(isinstance(m, ChannelMessage) and m.case == case and form(m.text) not in known for m in room.facts):
                break
        play.done.append(case)


async def begun(play: Play, clock: Clock) -> Passing:
    """Start the app under a clock, without the limits that load lifts, play it with all well, and return its time."""
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    lifted = play.system.load.environment if play.system.load else {}
    await play.anew({**lifted, **clock.variables})
    await play.send(Send())
    play.done.append("healthy")
    return Passing(play, clock)
