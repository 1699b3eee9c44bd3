"""The assessment as one JSON document for machines, `gonogo/assessment/1`. `schema.py` describes it."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.catalog.control import Catalog
from gonogo.errors import FileError
from gonogo.facts import Assessment, Evidence, Finding
from gonogo.report.hostile import json_text

SCHEMA = "gonogo/assessment/1"


def document(assessment: Assessment) -> dict[str, Any]:
    """Return the document as plain values, its keys in the order that readers expect."""
    decision = assessment.decision
    whole = {
        "schema": SCHEMA,
        "system": assessment.system,
        "subject": msgspec.to_builtins(assessment.subject),
        "profile": assessment.profile,
        "findings": [_finding(f) for f in assessment.findings],
        "facts": dict(sorted(assessment.facts.items())),
        "decision": {
            "verdict": decision.verdict,
            "blockers": list(decision.blockers),
            "waived": list(decision.waived),
            "not_collected": list(decision.not_collected),
            "expires": msgspec.to_builtins(decision.expires),
        },
    }
    shown = {"timelines": assessment.timelines, "loads": assessment.loads}
    return whole | {name: msgspec.to_builtins(list(seen)) for name, seen in shown.items() if seen}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "control": finding.control,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "method": finding.method,
        "summary": finding.summary,
        "evidence": [_evidence(e) for e in finding.evidence],
        "fix": finding.fix,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    shown = {"path": evidence.path, "line": evidence.line, "detail": evidence.detail}
    return shown | {"journey": evidence.journey} if evidence.journey else shown


def read(data: bytes, name: str) -> tuple[Finding, ...]:
    """Return the findings of a document that was saved earlier; `name` says in an error which file it was.

    Raises `FileError` where it is no such document.
    """
    try:
        given = msgspec.json.decode(data)
        if given["schema"] != SCHEMA:
            raise ValueError(f"its schema is {given['schema']!r}, not {SCHEMA!r}")
        return tuple(msgspec.convert(finding, Finding) for finding in given["findings"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as wrong:
        raise FileError(
            f"it is no saved assessment: {wrong}", path=name, mend="gonogo check --format json --output FILE"
        ) from wrong


def render(assessment: Assessment, catalog: Catalog | None = None) -> str:
    """Return exactly one JSON document and a line end. The document needs nothing of the catalogue."""
    return json_text(document(assessment))
