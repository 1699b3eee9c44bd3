"""What a declared dependency is in the lab: a process beside the service, or something that a stand-in stands for."""

from __future__ import annotations

from gonogo.facts import System
from gonogo.facts.declaration import Dependency
from gonogo.facts.traffic import Boundary

_RETRIEVERS = ("qdrant", "chroma", "opensearch")


def process_of(system: System, dependency: Dependency) -> str | None:
    """Return the name of the process of the lab that a dependency is, None where it is none."""
    port = (dependency.host or "").rpartition(":")[2]
    services = [s for s in (system.lab.services if system.lab else ()) if s.port]
    return next((s.name for s in services if s.name == dependency.name or str(s.port) == port), None)


def boundary_of(system: System, dependency: Dependency) -> Boundary | None:
    """Return where a stand-in is that a dependency is, None where it is none."""
    if any(p.name == dependency.name for p in system.providers):
        return "model"
    pointed = {v for v in (system.lab.point.values() if system.lab else ()) if v in _RETRIEVERS}
    named = {i.store for i in system.indexes} | pointed
    return "retrieval" if pointed and dependency.name in named else None
