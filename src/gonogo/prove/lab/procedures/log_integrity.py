"""The audit log is filled and verified as it is, and then with one record altered, one deleted, two swapped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import Ask, encoded
from gonogo.prove.drive.clock import MEND, Clock
from gonogo.prove.lab.auditing import altered, verified
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

LATER = "a-day-later"
_DAY_S = 25 * 3600.0
_NOTICE_S = 3.0
"""How long the app gets to verify its log once it is due."""
_TIMES, _LEAST = 24, 6
_ANCHOR_S = 2.5
"""How long the newest head gets to be published."""

Lines = list[bytes]


async def play(play: Play) -> None:
    """Fill the log by journeys and an administrator's action, verify it live, and then each harmed copy of it."""
    session, lab = play.session, play.session.settings
    clock = session.clock()
    session.room.play(play.scenario.scenario, "healthy", Script())
    begun = await session.start(more=clock.variables if clock else None)
    if begun.ready_s is None:
        raise CollectError(session.unready(begun))
    await play.send(Send())
    await play.send(Send(journeys="first", times=_TIMES))
    await _administer(play)
    await asyncio.sleep(_ANCHOR_S)
    play.done.append("healthy")
    place = (
        next((p for p in sorted(session.box.copy.glob(lab.audit or "")) if p.is_file()), None) if lab.audit else None
    )
    whole = place.read_bytes().splitlines(keepends=True) if place else []
    if place is None or len(whole) < _LEAST:
        play.cut["live"] = f"lab.audit names no file with at least {_LEAST} records"
        return
    if not lab.audit_verify:
        play.cut["live"] = "lab.audit_verify is not declared: the command that verifies the audit log"
        return
    await verified(play, "live", 0)
    at = len(whole) // 2
    await _later(play, clock, place, [*whole[:at], altered(whole[at]), *whole[at + 1 :]])
    await session.stop()
    harms: dict[str, Callable[[], Lines]] = {
        "altered": lambda: [*whole[:at], altered(whole[at]), *whole[at + 1 :]],
        "deleted": lambda: [*whole[:at], *whole[at + 1 :]],
        "swapped": lambda: [*whole[:at], whole[at + 1], whole[at], *whole[at + 2 :]],
    }
    for case, harm in harms.items():
        session.room.play(play.scenario.scenario, case, Script())
        place.write_bytes(b"".join(harm()))
        await verified(play, case, at + 1)
    place.write_bytes(b"".join(whole))


async def _later(play: Play, clock: Clock | None, place: Path, harmed: Lines) -> None:
    """Alter a record while the app runs, and let a day pass: it is to notice by itself."""
    room = play.session.room
    if clock is None:
        play.cut[LATER] = f"the clock of the app cannot be set here; {MEND}"
        return
    play.session.read_logs()
    room.play(play.scenario.scenario, LATER, Script())
    place.write_bytes(b"".join(harmed))
    clock.set(_DAY_S)
    await asyncio.sleep(_NOTICE_S)
    await play.session.box.drain()
    play.session.read_logs()
    play.done.append(LATER)


async def _administer(play: Play) -> None:
    admin = next((i.name for i in play.system.identities if i.role == "admin"), None)
    for action in play.session.settings.admin[:1] if admin else ():
        for _ in range(_LEAST):
            asked = Ask(
                id=play.new_id(), name=action.name, method=action.method, path=action.path, identity=admin,
                headers={"Content-Type": "application/json"}, deadline_s=15, said=action.name,
                body=None if action.method == "GET" else encoded(action.body or {}),
            )  # fmt: skip
            await play.session.ask(asked, "admin")
