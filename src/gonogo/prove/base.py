"""The port of every collector: it is sent to a target and yields facts. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol

from gonogo.derive.factset import FactSet
from gonogo.facts import Declaration, Fact, Method, Subject, System
from gonogo.facts.declaration import Environment


def utc_now() -> datetime:
    """Return now in UTC, to the microsecond."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a collector is sent to.

    `root` is the system's directory, `run` the id that every fact must carry, `tell` shows progress in a few words.
    `environment` is set for collectors that look at a deployment.
    """

    root: Path
    subject: Subject
    run: str
    declaration: Declaration | None = None
    environment: Environment | None = None
    known: FactSet | None = None
    """What was seen before in the same assessment, such as the routes that the scan found."""
    law: System | None = None
    """The law in force: its people sign. Where there is none, those of `declaration` do."""
    without: frozenset[str] = frozenset()
    """Names of scanners whose facts nobody needs this time, such as `secrets` for a draft of gonogo.yaml."""
    digest_key: bytes = b"no machine's own key"
    """The key of hashes over secrets, so that nobody can try guesses against them; `assess` gives one per machine."""
    tell: Callable[[str], None] = lambda _: None
    now: Callable[[], datetime] = utc_now
    home: Path | None = None
    """The directory of gonogo.yaml, where a team keeps scenarios and attack sets of its own."""
    version: str = ""
    """The version of gonogo, for runs that a collector ends itself."""
    problems: list[str] = field(default_factory=list)
    """A collector that could not look at everything appends a sentence here; the run is then not complete."""


class Collector(Protocol):
    """A way to see. `method` is the proof method that its facts serve."""

    method: ClassVar[Method]
    name: ClassVar[str]

    def collect(self, target: Target) -> Iterator[Fact]:
        """Look, and yield what was seen; raise `CollectError` where nothing could be looked at.

        A collector whose evidence comes in parts that age by themselves yields a `Run` of its own for each.
        """
        ...
