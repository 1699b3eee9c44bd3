"""A week passes with the same traffic every day, and then one key makes five times the calls of an hour."""

from __future__ import annotations

from gonogo.facts import AppLog, Exchange, ModelCall
from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.passing import begun
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

WEEK, SPIKE = "week", "spike"
_HOURS, _DAY = 7 * 24, 24
_BUSY, _QUIET = 3, 1
"""Calls an hour by each key, by day and by night."""
_NOON = 12
_TIMES, _WINDOW_MIN = 3, 5
"""Five times a busy hour's calls, within five minutes."""
_REAL_S = 605.0
"""So long the rise goes on in real time where no alert arrives: a quarter of an hour in all."""


async def play(play: Play) -> None:
    """Play the week hour by hour, on to the noon of the next day, and the spike of the first identity there."""
    session, scenario = play.session, play.scenario.scenario
    clock = session.clock()
    if clock is None:
        play.cut[WEEK] = f"the clock of the app cannot be set here; {MEND}"
        return
    line = await begun(play, clock)
    room = session.room
    room.play(scenario, WEEK, Script())
    first = room.now().hour
    noon = (_NOON - first) % _DAY
    calls = 0
    for number in range(1, _HOURS + noon + 1):
        hour = (first + number) % _DAY
        times = _BUSY if 8 <= hour < 20 else _QUIET
        for who in [i.name for i in play.system.identities[:2] if i.role != "admin"]:
            await line.step(0.0 if calls and who != play.system.identities[0].name else 3600.0, times, 0.0, who)
            calls += times
    # a thousand requests that are alike tell no more than how many there were
    room.facts = [f for f in room.facts if not (isinstance(f, Exchange | ModelCall | AppLog) and f.case == WEEK)]
    play.measure("calls", _BUSY, "calls/hour", f"{calls} calls in {_HOURS + noon} hours")
    play.done.append(WEEK)
    await line.until_told(SPIKE, Script(), times=_TIMES, window_min=_WINDOW_MIN, real_s=_REAL_S)
