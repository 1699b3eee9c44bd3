"""The processes that one copy of the system may run: its own, broken ones in their place, and further instances."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.facts import System
from gonogo.facts.lab_declaration import LabService
from gonogo.prove.drive.contain import Program
from gonogo.prove.drive.walls import ROOM
from gonogo.prove.lab.standins.house import BROKEN

INSTANCE = ".gonogo-instance-"
"""How the directories of further instances begin, in the copy."""


def programs(system: System) -> list[Program]:
    """Return the processes of the system, in the order in which they start."""
    found = [Program(name=s.name, command=s.start, directory=s.directory, port=s.port) for s in _services(system)]
    own = system.service
    if own and own.start:
        found.append(Program(name="service", command=own.start, directory=own.directory, port=own.port))
    return found


def broken(system: System) -> list[Program]:
    """Return what can stand, broken, in the place of a process beside the service."""
    script = f"{ROOM}/{BROKEN.name}"
    return [
        Program(name=f"{s.name} {how}", command=["python3", script, how, str(s.port)], port=s.port)
        for s in _services(system)
        if s.port
        for how in ("hung", "garbage")
    ]


def further(system: System, instances: int) -> list[Program]:
    """Return the further instances of the service: each in a directory of its own, at the ports that follow."""
    own = system.service
    if own is None or own.start is None or own.port is None:
        return []
    return [
        Program(
            name=f"service-{number}", command=own.start, port=own.port + number,
            directory=f"{INSTANCE}{number}/{own.directory}",
        )
        for number in range(1, instances)
    ]  # fmt: skip


def _services(system: System) -> Sequence[LabService]:
    return system.lab.services if system.lab else ()
