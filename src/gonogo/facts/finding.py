"""What a check concluded from facts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from gonogo.facts.record import Method

Outcome = Literal["pass", "fail", "inconclusive", "not-collected", "not-applicable", "error"]
"""`pass`: seen to hold. `fail`: seen not to hold. `inconclusive`: looked at, and it cannot be told. `not-collected`:
nobody looked. `not-applicable`: the control's condition was shown to be false. `error`: the check itself broke."""

Severity = Literal["critical", "major", "minor"]


class Evidence(msgspec.Struct, frozen=True):
    """One thing that a finding rests on: a place in the repository, or in `path` the request that was made
    (`GET https://host/path`), with a sentence about what was seen there. `journey` is the id of the journey that shows
    it, where the lab saw it."""

    path: str | None = None
    line: int | None = None
    detail: str = ""
    journey: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one proof of one control.

    `seen_at` is the age of its oldest evidence, `fingerprints` the parts of the subject that it is bound to.
    `fix` is the command or edit that would close it; `sample` states n, interval and repeats where statistics decide.
    """

    control: str
    method: Method
    outcome: Outcome
    severity: Severity
    summary: str
    evidence: tuple[Evidence, ...] = ()
    fix: str | None = None
    sample: str | None = None
    seen_at: datetime | None = None
    fingerprints: dict[str, str] = msgspec.field(default_factory=dict)
    environment: str | None = None
    facts: tuple[str, ...] = ()
    """Runs whose facts it rests on."""
    planned: bool = False
    """True where this version of gonogo has no check for the proof: no command of it can close that yet."""
