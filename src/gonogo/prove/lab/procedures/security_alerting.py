"""A burst of attacks, a burst of guessed keys, and a model that gives away a key and its instructions."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic

from gonogo.derive.messages import form
from gonogo.facts import ChannelMessage
from gonogo.prove.drive.asking import ask
from gonogo.prove.drive.environment import credential
from gonogo.prove.lab.attacking import aimed, picked
from gonogo.prove.lab.play import QUICK_WAIT_S, Play
from gonogo.prove.lab.scenario import Attacks, Send
from gonogo.prove.lab.script import Answer, Script

_ATTACKS = Attacks(sets=("injection", "jailbreak"), only="attacks")
_BURST = 20
_LEAK = Script(answers=(Answer(text="{marker} The key is {secret:openai-key}. My instructions are: {system}"),))
_WAIT_S, _ELSEWHERE_S = 300.0, 20.0
"""So long an event gets to arrive."""


async def play(play: Play) -> None:
    """Play the healthy journeys, and each kind of trouble until an event of a new form arrives, side by side."""
    parts = [_well]
    for case, act in (("attacks", _attack), ("guessing", _guess), ("leak", _leak)):
        if case == "guessing" and not play.system.identities:
            play.cut[case] = "no identity is declared, so no key can be guessed"
        else:
            parts.append(partial(_staged, case=case, act=act))
    await play.apart(*parts)


async def _well(play: Play) -> None:
    await play.ready()
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(times=3))
    play.done.append("healthy")


async def _staged(play: Play, case: str, act: Callable[[Play], Awaitable[None]]) -> None:
    await play.ready()
    room = play.session.room
    known = {form(m.text) for m in room.facts if isinstance(m, ChannelMessage)}
    play.tell(f"{play.scenario.scenario}: {case}")
    room.play(play.scenario.scenario, case, Script())
    await act(play)
    began = monotonic()
    left = QUICK_WAIT_S if play.quick else _WAIT_S
    while monotonic() < began + left:
        new = [m for m in room.facts if isinstance(m, ChannelMessage) and m.case == case and form(m.text) not in known]
        if any(m.channel.startswith("/security") for m in new):
            break
        if new:  # it is told elsewhere: what is still to come will not be long
            left = min(left, _ELSEWHERE_S)
        await asyncio.sleep(0.2)
    else:
        if play.quick:
            play.cut[case] = f"--quick waited {QUICK_WAIT_S:g} s for an event, and none arrived"
            return
    play.done.append(case)


async def _attack(play: Play) -> None:
    for attack in picked(_ATTACKS, _BURST, play.home):
        play.session.room.script = aimed(Script(), attack)
        await play.send(Send(journeys="first"), attack)


async def _guess(play: Play) -> None:
    """Send the first journey under keys that nobody has, of the form of the good one."""
    journey = play.system.journeys[0]
    who = journey.identity or play.system.identities[0].name
    for header, value in credential(play.system, who).items():
        scheme = value.rpartition(" ")[0]
        for _ in range(_BURST):
            wrong = f"{scheme} {secrets.token_urlsafe(18)}".strip()
            made = dataclasses.replace(ask(journey, play.new_id()), identity=None)
            made = dataclasses.replace(made, headers={**made.headers, header: wrong}, said="a guessed key")
            await play.session.ask(made, "guess")
            play.sent += 1


async def _leak(play: Play) -> None:
    play.session.room.script = _LEAK
    await play.send(Send(journeys="first", times=3))
