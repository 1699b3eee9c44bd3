"""Which fault is done to a call: the first of the script whose conditions hold."""

from __future__ import annotations

from fnmatch import fnmatchcase
from time import monotonic

from gonogo.facts.traffic import Boundary
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Fault


def choose(
    room: Room,
    boundary: Boundary,
    *,
    operation: str,
    model: str = "",
    host: str = "",
    stream: bool = False,
    structured: bool = False,
    journey: str = "",
    named: bool = False,
) -> Fault | None:
    """Return the fault that hits this call, and count the call for every fault that it matches until then.

    `operation` is chat, embeddings, ...; for tools their name; for stores query, upsert, ... `journey` is the id.
    `named` is for operations that a fault must name to hit: greeting a tool server, creating an index.
    """
    since = monotonic() - room.case_begun
    under_way = room.journeys.get(journey)
    name = under_way.name if under_way else ""
    for index, fault in enumerate(room.script.faults):
        if (
            fault.boundary == boundary
            and fault.from_s <= since
            and (fault.to_s is None or since < fault.to_s)
            and (fault.operations or not named)
            and _among(operation, fault.operations)
            and _among(model, tuple(room.primary if glob == "primary" else glob for glob in fault.models))
            and _among(host, fault.hosts)
            and (not fault.journeys or name in fault.journeys)
            and fault.streams in (None, stream)
            and fault.structured in (None, structured)
            and _due(room, index, fault)
        ):
            return fault
    return None


def _among(name: str, globs: tuple[str, ...]) -> bool:
    """Say whether `name` matches one of the globs; no globs mean every name."""
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _due(room: Room, index: int, fault: Fault) -> bool:
    """Count a call that matches, and say whether it is one of those to hit."""
    hit = room.hits[index] = room.hits.get(index, 0) + 1
    if hit <= fault.after or (fault.count is not None and hit > fault.after + fault.count):
        return False
    return fault.rate >= 1 or room.random.random() < fault.rate
