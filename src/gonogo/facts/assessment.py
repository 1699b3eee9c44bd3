"""One assessment: what was collected, found and decided, as reports show it and as `--compare` reads it back."""

from __future__ import annotations

import msgspec

from gonogo.facts.curve import LoadCurve
from gonogo.facts.decision import Decision
from gonogo.facts.finding import Finding
from gonogo.facts.run import Run, Subject
from gonogo.facts.timeline import Timeline


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """`facts` counts facts by kind. `drafted` is true when there was no gonogo.yaml.

    `problems` are sentences about what could not be looked at. `new` holds the (control, method) pairs that did
    not fail in the assessment compared with, or failed there in fewer places; None when nothing was compared.
    `timelines` are the journeys that show what the lab and drills found wrong, `loads` the stages of load runs.
    """

    system: str
    subject: Subject
    profile: str
    environment: str | None = None
    findings: tuple[Finding, ...] = ()
    facts: dict[str, int] = msgspec.field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    decision: Decision
    drafted: bool = False
    problems: tuple[str, ...] = ()
    compared_with: str | None = None
    new: tuple[tuple[str, str], ...] | None = None
    timelines: tuple[Timeline, ...] = ()
    loads: tuple[LoadCurve, ...] = ()
