"""OSCAL assessment results (1.1.3) as JSON, for tools that read compliance evidence.

Each proof is an observation, each control a finding that rests on them. Ids are UUIDs of version 5 over what they
name, so the same assessment gives the same bytes.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment, Evidence, Finding
from gonogo.report.hostile import json_text, visible
from gonogo.report.view import Entry, place, view

VERSION = "1.1.3"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:gonogo:oscal")
_METHODS = {"scan": "EXAMINE", "records": "EXAMINE", "attest": "INTERVIEW"}
"""OSCAL knows three ways to look; all that runs the system is TEST."""
_MAX_EVIDENCE = 100


def render(assessment: Assessment, catalog: Catalog) -> str:
    """Return the assessment results, one JSON document."""
    decision = assessment.decision
    entries = [e for e in view(assessment, catalog).entries if e.outcome != "not-applicable"]
    seed = f"{assessment.subject.tree}/{assessment.profile}/{_moment(decision.decided_at)}"
    plan = _id(seed, "plan")
    document = {
        "uuid": _id(seed, "document"),
        "metadata": {
            "title": _line(f"{assessment.system}: assessment under profile {assessment.profile}"),
            "last-modified": _moment(decision.decided_at),
            "version": _line(decision.gonogo or "0"),
            "oscal-version": VERSION,
        },
        "import-ap": {"href": f"#{plan}"},
        "results": [_result(assessment, entries, seed)],
        "back-matter": {"resources": [{"uuid": plan, "title": _line(f"gonogo profile {assessment.profile}")}]},
    }
    return json_text({"assessment-results": document})


def _result(assessment: Assessment, entries: list[Entry], seed: str) -> dict[str, Any]:
    decision = assessment.decision
    pairs = [(e, n, f) for e in entries for n, f in enumerate(e.findings) if f.seen_at]
    started = min((f.seen_at for _, _, f in pairs if f.seen_at), default=decision.decided_at)
    controls = [{"control-id": _token(e.id)} for e in entries]
    result: dict[str, Any] = {
        "uuid": _id(seed, "result"),
        "title": _line(f"{decision.verdict} for {assessment.system}"),
        "description": _text(_described(assessment)),
        "start": _moment(min(started, decision.decided_at)),
        "end": _moment(decision.decided_at),
        "props": _props(assessment),
        "reviewed-controls": {
            "control-selections": [{"include-controls": controls} if controls else {"include-all": {}}]
        },
    }
    if pairs:
        result["observations"] = [_observation(e, n, f, seed, decision.decided_at) for e, n, f in pairs]
    if entries:
        result["findings"] = [_finding(e, seed) for e in entries]
    return result


def _described(assessment: Assessment) -> str:
    reasons = "; ".join(assessment.decision.reasons)
    return f"Verdict {assessment.decision.verdict}." + (f" {reasons}." if reasons else "")


def _props(assessment: Assessment) -> list[dict[str, str]]:
    values = {
        "verdict": assessment.decision.verdict,
        "subject-tree": assessment.subject.tree,
        "subject-commit": assessment.subject.commit or "",
        "environment": assessment.environment or "",
    }
    return [{"name": name, "ns": "urn:gonogo", "value": _line(v)} for name, v in values.items() if v.strip()]


def _observation(entry: Entry, n: int, finding: Finding, seed: str, decided: datetime) -> dict[str, Any]:
    observation: dict[str, Any] = {
        "uuid": _id(seed, "observation", entry.id, finding.method, str(n)),
        "title": _line(f"{entry.id} by {finding.method}"),
        "description": _text(finding.summary),
        "props": [{"name": "outcome", "ns": "urn:gonogo", "value": finding.outcome}],
        "methods": [_METHODS.get(finding.method, "TEST")],
        "collected": _moment(finding.seen_at or decided),
    }
    if entry.result.expires:
        observation["expires"] = _moment(entry.result.expires)
    evidence = [_evidence(e) for e in finding.evidence[:_MAX_EVIDENCE]]
    if evidence:
        observation["relevant-evidence"] = evidence
    return observation


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {"description": _text(f"{place(evidence)} {evidence.detail}".strip())}


def _finding(entry: Entry, seed: str) -> dict[str, Any]:
    met = entry.outcome == "pass"
    reason = "pass" if met else "fail" if entry.outcome == "fail" else "other"
    finding: dict[str, Any] = {
        "uuid": _id(seed, "finding", entry.id),
        "title": _line(entry.title),
        "description": _text(" ".join(entry.sentences)),
        "props": [
            {"name": "outcome", "ns": "urn:gonogo", "value": entry.outcome},
            {"name": "severity", "ns": "urn:gonogo", "value": entry.result.severity},
            *([{"name": "waived", "ns": "urn:gonogo", "value": "true"}] if entry.result.waived else []),
        ],
        "target": {
            "type": "objective-id",
            "target-id": _token(entry.id),
            "status": {"state": "satisfied" if met else "not-satisfied", "reason": reason},
        },
    }
    related = [(n, f) for n, f in enumerate(entry.findings) if f.seen_at]
    if related:
        finding["related-observations"] = [
            {"observation-uuid": _id(seed, "observation", entry.id, f.method, str(n))} for n, f in related
        ]
    return finding


def _id(*parts: str) -> str:
    name = "\0".join(parts).encode("utf-8", "backslashreplace").decode()
    return str(uuid.uuid5(NAMESPACE, name))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _token(id: str) -> str:
    """Return an id in OSCAL's alphabet: a letter first, then letters, digits, dots, dashes and underscores."""
    token = re.sub(r"[^A-Za-z0-9._-]", "_", id)[:200]
    return token if re.match(r"[A-Za-z_]", token) else f"_{token}"


def _line(text: str) -> str:
    return visible(text, 300) or "-"


def _text(text: str) -> str:
    return visible(text, 2_000) or "-"
