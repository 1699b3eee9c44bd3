"""Where load goes: a contained copy of the app with stand-ins around it, or a disposable environment that runs."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.declaration import Environment
from gonogo.prove.base import Target
from gonogo.prove.drive import disposable
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Physics, Script
from gonogo.prove.lab.session import Session, opened
from gonogo.prove.load.generator import Address

PHYSICS = Physics(first_token_s=0.3, tokens_per_s=80.0, jitter=0.3)
"""How fast the stand-in model speaks: about as fast as hosted models of the middle size do."""


@dataclass(frozen=True)
class Place:
    """An app under load: its address, what `Host` says, its processes (none where it runs elsewhere)."""

    address: Address
    host: str
    pids: Callable[[], list[int]] = list
    running: Callable[[], bool] = lambda: True
    contained: str = ""


def room_for(target: Target, run: str, scenario: str) -> Room:
    """Return the room of a load scenario."""
    room = Room(run=run, now=target.now, begun=monotonic(), digest_key=target.digest_key, quiet=True)
    room.play(scenario, "load", Script(physics=PHYSICS))
    return room


@asynccontextmanager
async def copy_of(root: Path, system: System, room: Room) -> AsyncIterator[Place]:
    """Start the app on a throw-away copy; `load.environment` of gonogo.yaml comes on top of what the lab gives it."""
    service = system.service
    if service is None or not service.start or not service.port:
        raise CollectError(
            "service.start and service.port in gonogo.yaml do not say how the system starts", mend="gonogo init"
        )
    session = Session(root=root, system=system, room=room)
    async with opened(session, more=system.load.environment if system.load else None):
        box = session.box
        yield Place(
            Address(path=str(box.room / f"port-{service.port}")), f"127.0.0.1:{service.port}", box.processes,
            lambda: session.running, box.kind,
        )  # fmt: skip


def admitted(environment: Environment) -> Place:
    """Return a running environment as the place of load; raises `UsageError` where load must not go there."""
    url = disposable.admitted(environment, "load")
    assert url.hostname is not None  # noqa: S101  (looked at before)
    tls = ssl.create_default_context() if url.scheme == "https" else None
    return Place(Address(url.hostname, url.port or (443 if tls else 80), tls=tls), url.netloc.rpartition("@")[2])
