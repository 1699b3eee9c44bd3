"""Sessions of a user are closed, revoked, left alone past the idle limit, and used past the absolute one."""

from __future__ import annotations

import asyncio

from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.sessions import asked, opened, within

IDLE_MIN, ABSOLUTE_H, EFFECT_S = 30, 12, 60
"""The thresholds `idle_min`, `absolute_h` and `revoke_effect_s` of the control."""
_STEP_MIN = 24
"""Between two requests of a session that is in use."""
_POLL_S = 1.0


async def play(play: Play) -> None:
    """Play what needs no other time first; a clock that can be shifted is the app's own from its start."""
    session, declared = play.session, play.session.settings.sessions
    assert declared  # noqa: S101  (the scenario needs it)
    clock = session.clock()
    lifted = play.system.load.environment if play.system.load else {}
    await play.anew({**lifted, **(clock.variables if clock else {})})
    who = play.system.journeys[0].identity or play.system.identities[0].name
    _case(play, "healthy")
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    admin = next((i.name for i in play.system.identities if i.role == "admin"), None)
    if declared.close:
        _case(play, "closed")
        carried = await opened(play, who)
        await within(play, carried)
        await asked(play, declared.close, "close", headers=carried)
        await _until_refused(play, carried)
    if declared.revoke and admin:
        _case(play, "revoked")
        carried = await opened(play, who)
        await within(play, carried)
        await asked(play, declared.revoke, "revoke", identity=admin, of=who)
        await _until_refused(play, carried)
    if clock is None:
        play.cut |= dict.fromkeys(("idle", "absolute"), f"the clock of the app cannot be shifted here; {MEND}")
        return
    _case(play, "idle")
    carried = await opened(play, who)
    await within(play, carried)
    ahead = (IDLE_MIN + 1) * 60
    clock.set(ahead)
    await within(play, carried)
    play.done.append("idle")
    _case(play, "absolute")
    carried, began = await opened(play, who), ahead
    while ahead - began < ABSOLUTE_H * 3600:
        ahead = min(ahead + _STEP_MIN * 60, began + ABSOLUTE_H * 3600 + 60)
        clock.set(ahead)
        came = await within(play, carried)
        if (came.status or 0) >= 400:
            break
    play.done.append("absolute")


def _case(play: Play, case: str) -> None:
    play.tell(f"{play.scenario.scenario}: {case}")
    play.session.room.play(play.scenario.scenario, case, Script())


async def _until_refused(play: Play, carried: dict[str, str]) -> None:
    """Ask again and again until the session is refused, or for longer than it may take."""
    until = play.session.room.clock() + EFFECT_S + 2
    while ((await within(play, carried)).status or 0) < 300 and play.session.room.clock() < until:
        await asyncio.sleep(_POLL_S)
    play.done.append(play.session.room.case)
