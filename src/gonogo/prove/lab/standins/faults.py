"""Which fault of the script is done to a call: the first whose conditions hold. Several compose by their conditions."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from time import monotonic

from gonogo.facts.traffic import Boundary
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Fault


def fault_for(
    room: Room, boundary: Boundary, *, model: str = "", operation: str = "", host: str = "", journey: str = "",
    stream: bool = False,
) -> Fault | None:  # fmt: skip
    """Return the fault that this call meets, and count it; None where it goes well.

    `model` and `host` are what the call names, `operation` the kind of call (for tools, the tool's name), `journey` the
    id of the journey that it belongs to.
    """
    since = monotonic() - room.case_begun
    for number, fault in enumerate(room.script.faults):
        if fault.boundary != boundary or not _concerns(fault, room, model, operation, host, journey, stream):
            continue
        if since < fault.from_s or (fault.to_s is not None and since >= fault.to_s):
            continue
        if fault.rate < 1.0 and room.random.random() >= fault.rate:
            continue
        seen = room.hits[number] = room.hits.get(number, 0) + 1
        if seen > fault.after and (fault.count is None or seen <= fault.after + fault.count):
            return fault
    return None


def _concerns(fault: Fault, room: Room, model: str, operation: str, host: str, journey: str, stream: bool) -> bool:
    models = tuple(room.primary if m == "primary" else m for m in fault.models)
    return (
        _among(model, models)
        and _among(operation, fault.operations)
        and _among(host, fault.hosts)
        and _among(room.journeys.get(journey, ""), fault.journeys)
        and fault.streams in (None, stream)
    )


def _among(word: str, globs: Sequence[str]) -> bool:
    return not globs or any(fnmatchcase(word, glob) for glob in globs)
