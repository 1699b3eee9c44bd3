"""Where load goes: a contained copy of the app with stand-ins around it, or a disposable environment that runs."""

from __future__ import annotations

import dataclasses
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.declaration import Environment, Load
from gonogo.facts.lab_declaration import Lab, LabService
from gonogo.prove.base import Target
from gonogo.prove.drive import disposable
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Physics, Script
from gonogo.prove.lab.session import Session, opened
from gonogo.prove.lab.standins.own_store import OwnStore
from gonogo.prove.load.generator import Address
from gonogo.prove.load.indexing import Indexing
from gonogo.prove.load.meter import Meter

PHYSICS = Physics(first_token_s=0.3, embedding_s=0.05, tokens_per_s=80.0, jitter=0.3)
"""How fast the stand-in model speaks: about as fast as hosted models of the middle size do."""


@dataclass(frozen=True)
class Place:
    """An app under load: its address, what `Host` says, its processes (none where it runs elsewhere)."""

    address: Address
    host: str
    pids: Callable[[], list[int]] = list
    running: Callable[[], bool] = lambda: True
    contained: str = ""
    room: Room | None = None
    """The room of the stand-ins around it; None where it runs elsewhere, with whatever it uses there."""
    meter: Meter | None = None
    """What counts the calls of retrieval that arrive there."""
    indexing: Indexing | None = None
    """Its own indexer, where one is declared."""


def room_for(target: Target, run: str, scenario: str) -> Room:
    """Return the room of a load scenario."""
    room = Room(run=run, now=target.now, begun=monotonic(), digest_key=target.digest_key, quiet=True)
    room.play(scenario, "load", Script(physics=PHYSICS))
    return room


@asynccontextmanager
async def copy_of(root: Path, system: System, room: Room) -> AsyncIterator[Place]:
    """Start the app on a throw-away copy; `load.environment` of gonogo.yaml comes on top of what the lab gives it.

    Where `load.store` is declared, it starts before the service, and answers what the app asks of its store.
    """
    service = system.service
    if service is None or not service.start or not service.port:
        raise CollectError(
            "service.start and service.port in gonogo.yaml do not say how the system starts", mend="gonogo init"
        )
    load = system.load or Load(requests_per_minute=0)
    meter = room.meter = Meter()
    session = Session(root=root, system=with_store(system, load.store), room=room)
    if load.store and load.store.port:
        port = load.store.port
        room.own_store = OwnStore(load.store.name, port, lambda: session.box.connector(port))
    try:
        async with opened(session, more=load.environment):
            box = session.box
            index = next((i for i in system.indexes if i.ingest), None)
            yield Place(
                Address(path=str(box.room / f"port-{service.port}")), f"127.0.0.1:{service.port}", box.processes,
                lambda: session.running, box.kind, room, meter, Indexing(session, index, meter) if index else None,
            )  # fmt: skip
    finally:
        if room.own_store is not None:
            await room.own_store.close()


def with_store(system: System, store: LabService | None) -> System:
    """Return the system with its own store among the processes that start before the service."""
    if store is None:
        return system
    lab = system.lab or Lab()
    return dataclasses.replace(system, lab=dataclasses.replace(lab, services=(*lab.services, store)))


def admitted(environment: Environment) -> Place:
    """Return a running environment as the place of load; raises `UsageError` where load must not go there."""
    url = disposable.admitted(environment, "load")
    assert url.hostname is not None  # noqa: S101  (looked at before)
    tls = ssl.create_default_context() if url.scheme == "https" else None
    return Place(Address(url.hostname, url.port or (443 if tls else 80), tls=tls), url.netloc.rpartition("@")[2])
