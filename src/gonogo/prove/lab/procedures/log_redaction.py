"""Private data beside a harmless marker in bodies, headers, URLs and errors; a refusal; an administrator's change."""

from __future__ import annotations

import asyncio
import dataclasses
from time import monotonic
from urllib.parse import quote

from gonogo.facts import AppLog
from gonogo.facts.lab import Measure
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script
from gonogo.screen import canaries, synthetic

MARKER = "marker"
"""The id of the harmless word that shows that logging is on."""
_TYPES = ("email", "phone", "openai-key", "credit-card")
_SETTLE_S = 0.15


async def play(play: Play) -> None:
    """Play each place in turn, the first declared journey as its user."""
    session, system = play.session, play.system
    room = session.room
    await play.ready()
    journey = system.journeys[0]
    room.play(play.scenario.scenario, "healthy", Script())
    for each in (*system.journeys, *system.journeys):  # what a request always causes comes twice
        await session.ask(ask(each, play.new_id()))
    await _read(play)
    play.done.append("healthy")
    values = synthetic.planted(_TYPES, seed=play.scenario.scenario)
    word = canaries.make(play.scenario.scenario)
    room.planted |= values | {MARKER: word}
    private = "; ".join(values.values())
    said = f"My note {word}: {private}"
    plain = ask(journey, play.new_id())
    in_body = ask(journey, play.new_id(), text=f"Please note {word} and my details: {private}")
    broken = "" if plain.body is None else f'{{"text": "{said}"'
    error = Fault(fault="status", status=400, text=f"invalid request: {said}")
    joint = "&" if "?" in plain.path else "?"
    cases: dict[str, tuple[Ask, Script]] = {
        "bodies": (in_body, Script()),
        "headers": (dataclasses.replace(plain, headers={**plain.headers, "X-Note": said, "Referer": said}), Script()),
        "urls": (dataclasses.replace(plain, path=f"{plain.path}{joint}note={quote(said)}"), Script()),
        "bad-body": (dataclasses.replace(plain, body=broken.encode()), Script()),
        "error-of-the-model": (in_body, Script(faults=(error,))),
    }  # fmt: skip
    for case, (asked, script) in cases.items():
        room.play(play.scenario.scenario, case, script)
        await session.ask(dataclasses.replace(asked, id=play.new_id(), said=case))
        await _read(play)
        play.done.append(case)
    await _others(play)
    await _read(play)
    _query(play)


async def _read(play: Play) -> None:
    """Keep what was logged under the case that caused it."""
    await asyncio.sleep(_SETTLE_S)
    play.session.read_logs()


async def _others(play: Play) -> None:
    """Let a second user be refused, and an administrator change something."""
    session, system = play.session, play.system
    second = next((i.name for i in system.identities[1:] if i.role != "admin"), None)
    actions = system.lab.admin if system.lab else ()
    admin = next((i.name for i in system.identities if i.role == "admin"), None)
    for case, who in (("refused", second), ("change", admin)):
        for action in actions[:1]:
            if who is not None:
                session.room.play(play.scenario.scenario, case, Script())
                asked = Ask(
                    id=play.new_id(), name=action.name, method=action.method, path=action.path, said=case,
                    headers={"Content-Type": "application/json"}, identity=who, deadline_s=15,
                    body=None if action.method == "GET" else encoded(action.body or {}),
                )  # fmt: skip
                await session.ask(asked, "admin")
                play.done.append(case)


def _query(play: Play) -> None:
    """Ask for all lines of one trace, once, and keep how long that took."""
    room = play.session.room
    trace, began = play.new_id(), monotonic()
    lines = [f for f in room.facts if isinstance(f, AppLog) and trace in f.text]
    room.see(
        Measure,
        case="query",
        name="query",
        value=round(monotonic() - began, 4),
        unit="s",
        subject=f"{len(lines)} lines",
    )
