"""Each kind of error is provoked once: by bad requests, without a credential, by too many, and by the model."""

from __future__ import annotations

import dataclasses

from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.drive.routes import UNKNOWN
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

_LARGE = 3_000_000
_MOST = 140
"""Requests until a limit must have been met: that of an address, 120 a minute, and some more."""


async def play(play: Play) -> None:
    """Play the healthy journeys, and then each error."""
    session, system = play.session, play.system
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    plain = ask(system.journeys[0], play.new_id())
    wrong: dict[str, Ask] = {
        "bad-json": dataclasses.replace(plain, body=b'{"text": '),
        "missing-field": dataclasses.replace(plain, body=b"{}"),
        "unknown-path": dataclasses.replace(plain, method="GET", path=UNKNOWN, body=None),
        "oversize": dataclasses.replace(plain, body=b'{"text": "' + b"x" * _LARGE + b'"}'),
    }
    if plain.identity:
        wrong["no-auth"] = dataclasses.replace(plain, identity=None)
    for case, asked in wrong.items():
        session.room.play(play.scenario.scenario, case, Script())
        await session.ask(dataclasses.replace(asked, id=play.new_id(), said=case), "error")
        play.done.append(case)
    away = Fault(fault="status", status=500)
    session.room.play(play.scenario.scenario, "upstream", Script(faults=(away,)))
    await session.ask(dataclasses.replace(plain, id=play.new_id()), "error")
    play.done.append("upstream")
    await _throttled(play, plain)
    play.sent += len(wrong) + 1


async def _throttled(play: Play, plain: Ask) -> None:
    session = play.session
    session.room.play(play.scenario.scenario, "throttled", Script())
    for _ in range(_MOST):
        came = await session.ask(dataclasses.replace(plain, id=play.new_id()), "error")
        play.sent += 1
        if came.status == 429:
            play.done.append("throttled")
            return
    play.cut["throttled"] = f"{_MOST} requests met no limit"
