"""The port of every collector: it is sent to a target and yields facts. It judges nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol

import msgspec

from gonogo.derive.factset import FactSet
from gonogo.facts import Declaration, Fact, Method, Run, Subject, System
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

    def new_run(self, method: Method) -> str:
        """Return the id of a run that is a part of this one; a case that is recorded is one run throughout."""
        return self.run if self.run == "case" else f"{method}-{uuid.uuid4().hex[:16]}"

    def part(
        self,
        run: str,
        method: Method,
        name: str,
        started: datetime,
        facts: Iterable[Fact],
        problem: str | None,
        notes: Iterable[str] = (),
    ) -> list[Fact]:
        """Return a part whose evidence ages by itself, whole: the declaration, its facts, and at last its run.

        `name` is the scenario or drill; `problem` says why it could not be played, `notes` what else went wrong.
        """
        declared = [msgspec.structs.replace(self.declaration, run=run)] if self.declaration else []
        ended = Run(
            seen_at=self.now(),
            run=run,
            method=method,
            collector=f"{method}:{name}",
            subject=self.subject,
            started_at=started,
            environment=self.environment.name if self.environment else None,
            complete=problem is None,
            problems=tuple(f"{method}: {name}: {said}" for said in (problem, *notes) if said),
            gonogo=self.version,
        )
        return [*declared, *facts, ended]


class Collector(Protocol):
    """A way to see. `method` is the proof method that its facts serve."""

    method: ClassVar[Method]
    name: ClassVar[str]

    def collect(self, target: Target) -> Iterator[Fact]:
        """Look, and yield what was seen; raise `CollectError` where nothing could be looked at.

        A collector whose evidence comes in parts that age by themselves yields a `Run` of its own for each.
        """
        ...
