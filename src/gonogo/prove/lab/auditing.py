"""The app's own audit log: harmed by one record, and verified by the declared command."""

from __future__ import annotations

import re

from gonogo.facts.lab import Measure
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.screening import screened


def altered(line: bytes) -> bytes:
    """Return a record in which one letter of a value is another: still a record, and of the same length."""
    found = next((m for m in re.finditer(rb'": "([a-zA-Z])', line)), None)
    if found is None:
        return re.sub(rb"\d", lambda digit: b"1" if digit[0] != b"1" else b"2", line, count=1)
    letter = line[found.start(1) : found.end(1)]
    return line[: found.start(1)] + (b"x" if letter != b"x" else b"y") + line[found.end(1) :]


async def verified(play: Play, case: str, line: int) -> None:
    """Run the declared verification, and keep how it ended and what it said; `line` is where the log was harmed."""
    session, room = play.session, play.session.room
    ran = await session.box.run(session.settings.audit_verify, environment=session.environment(), timeout_s=60)
    said = " ".join((ran.stdout + b" " + ran.stderr).decode(errors="replace").split())[-500:]
    room.see(
        Measure,
        case=case,
        name="verify",
        value=-1 if ran.exit_code is None else ran.exit_code,
        unit="exit code",
        subject=f"line {line}",
        text=screened(room, said, "verify")[0],
    )
    play.done.append(case)
