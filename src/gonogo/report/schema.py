"""The JSON Schema of the assessment document, made from the records, so that it cannot differ from what is written."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gonogo.facts import Evidence, LoadCurve, Method, Outcome, Severity, Subject, Timeline, Verdict
from gonogo.report.hostile import json_text
from gonogo.report.json import SCHEMA

FILE = "reference/assessment.schema.json"


class ReportedFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer of one proof of one control. `fix` is the command or edit that would close it, null where none is
    known."""

    control: str
    outcome: Outcome
    severity: Severity
    method: Method
    summary: str
    evidence: list[Evidence]
    fix: str | None


class ReportedDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gate's answer. The lists hold ids of controls; `expires` is when the decision stops to hold by itself (RFC
    3339), null where it never held or does not end."""

    verdict: Verdict
    blockers: list[str]
    waived: list[str]
    not_collected: list[str]
    expires: str | None


class AssessmentDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `gonogo check --format json` writes to standard output: one assessment of one system under one profile.

    `findings` holds one entry for each proof of each control of the profile, `facts` the number of facts by
    kind, `timelines` the journeys that show what the lab and drills found wrong; `loads` the stages of load runs;
    both are left out where there are none.
    """

    schema: Literal["gonogo/assessment/1"]
    system: str
    subject: Subject
    profile: str
    findings: list[ReportedFinding]
    facts: dict[str, int]
    decision: ReportedDecision
    timelines: list[Timeline] = []
    loads: list[LoadCurve] = []


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12)."""
    (root,), parts = msgspec.json.schema_components([AssessmentDocument], ref_template="#/$defs/{name}")
    for part in parts.values():
        part["description"] = " ".join(part["description"].split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "gonogo assessment",
        **root,
        "$defs": dict(sorted(parts.items())),
    }


def pages() -> dict[str, str]:
    """Return the generated reference files by their path under docs/."""
    return {FILE: json_text(schema())}
