"""A room for tests of stand-ins."""

from datetime import UTC, datetime
from time import monotonic

from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Script


def room(script: Script | None = None) -> Room:
    made = Room(run="run-1", now=lambda: datetime.now(UTC), begun=monotonic(), digest_key=b"k" * 32)
    made.play("scenario", "case", script or Script())
    return made
