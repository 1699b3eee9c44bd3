"""The primary model fails 1, N-1 and N times in a row, and at error rates either side of the limit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from gonogo.facts import ModelCall
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

IN_A_ROW = 5
"""The threshold `consecutive_failures` of the control."""
SELDOM, OFTEN = 10, 2
"""Every so manieth journey meets a failure: one in ten stays below the threshold `error_rate` of 20 %, one in two, even
where a retry follows each failure, is beyond it."""
_FEW, _MANY = 30, 60
_RETURN_S, _POLL_S = 62.0, 1.5
_FIRST = Send(journeys="first")


async def play(play: Play) -> None:
    """Play each part in an app that was started anew, so that none remembers another's failures."""
    room = play.session.room
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await play.send(_FIRST)
    calls = [f for f in room.facts if isinstance(f, ModelCall) and f.operation == "chat"]
    room.primary = calls[0].model if calls else ""
    play.done.append("healthy")
    for case, failures in (("one-failure", 1), ("too-few", IN_A_ROW - 1), ("in-a-row", IN_A_ROW)):
        await _anew(play, case, _failing(failures))
        await play.send(Send(journeys="first", times=IN_A_ROW + 3))
        play.done.append(case)
    await _returned(play)
    for case, every, journeys in (("low-rate", SELDOM, _FEW), ("high-rate", OFTEN, _MANY)):
        await _anew(play, case, Script())
        for number in range(1, journeys + 1):
            room.play(play.scenario.scenario, case, _failing(1) if number % every == 0 else Script())
            await play.send(_FIRST)
            if case == "high-rate" and _left(play, case):
                break
        play.done.append(case)


def _failing(times: int) -> Script:
    return Script(faults=(Fault(fault="status", status=500, models=("primary",), count=times),))


async def _anew(play: Play, case: str, script: Script) -> None:
    play.tell(f"{play.scenario.scenario}: {case}")
    play.session.room.play(play.scenario.scenario, case, script)
    await play.anew()


async def _returned(play: Play) -> None:
    """Ask now and then until the primary model, which is well again, is asked first, or long enough."""
    if play.quick:
        play.cut["recovered"] = "left out by --quick"
        return
    play.session.room.play(play.scenario.scenario, "recovered", Script())
    until = play.session.room.clock() + _RETURN_S
    while play.session.room.clock() < until:
        await play.send(_FIRST)
        if _firsts(play, "recovered")[-1:] == [play.session.room.primary]:
            break
        await asyncio.sleep(_POLL_S)
    play.done.append("recovered")


def _left(play: Play, case: str) -> bool:
    """Tell whether the last journey did not ask the primary model first."""
    return any(model != play.session.room.primary for model in _firsts(play, case))


def _firsts(play: Play, case: str) -> list[str]:
    """Return the model that each journey of a case asked first."""
    calls: Iterable[ModelCall] = (f for f in play.session.room.facts if isinstance(f, ModelCall) and f.case == case)
    firsts: dict[str, str] = {}
    for call in sorted(calls, key=lambda c: c.order):
        firsts.setdefault(call.journey, call.model)
    return list(firsts.values())
