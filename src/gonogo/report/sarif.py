"""SARIF 2.1.0 for GitHub code scanning: what failed and what could not be told, at its line.

GitHub shows a result at its first location only, so every place is a result of its own. It needs a file for each: what
was seen outside the repository (a live answer, a missing statement) is shown at `anchor`, the file in which the team
answers for the system: gonogo.yaml, or where there is none the README.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from gonogo.catalog.control import Catalog, Proof
from gonogo.facts import Assessment, Evidence, Finding, Severity
from gonogo.report.hostile import json_text, markdown, visible
from gonogo.report.view import Entry, View, view

MAX_RESULTS = 5_000
"""GitHub rejects more than 25,000 and keeps 5,000; we keep the worst."""
MAX_TAGS = 10
"""GitHub rejects more than 20 and shows 10."""
MAX_TEXT = 1_000

_LEVEL: dict[Severity, str] = {"critical": "error", "major": "warning", "minor": "note"}
_PROBLEM: dict[Severity, str] = {"critical": "error", "major": "warning", "minor": "recommendation"}
_SECURITY: dict[Severity, str] = {"critical": "9.1", "major": "7.0", "minor": "3.0"}
_SECURITY_AREAS = frozenset({"access", "agent-safety", "security-input", "security-output"})
_REQUEST = re.compile(r"[A-Z]+ \S|[A-Za-z][A-Za-z0-9+.-]+:")
_FIGURES = re.compile(r"\d+")


def render(assessment: Assessment, catalog: Catalog, *, anchor: str | None = None) -> str:
    """Return the SARIF log. `anchor` replaces the file that answers for findings without a place."""
    anchor = anchor or ("README.md" if assessment.drafted else "gonogo.yaml")
    told = view(assessment, catalog)
    entries = [e for e in told.entries if any(f.outcome in ("fail", "inconclusive") for f in e.findings)]
    index = {e.id: n for n, e in enumerate(entries)}
    results = list(_results(assessment, entries, index, anchor))
    run = {
        "tool": {"driver": _driver(assessment, entries)},
        "automationDetails": {"id": _automation_id(assessment)},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(assessment, told, len(results))],
        "results": results[:MAX_RESULTS],
        "properties": {"profile": assessment.profile, "verdict": assessment.decision.verdict},
    }
    return json_text({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _driver(assessment: Assessment, entries: list[Entry]) -> dict[str, Any]:
    version = {"semanticVersion": assessment.decision.gonogo} if assessment.decision.gonogo else {}
    return {"name": "gonogo", **version, "rules": [_rule(e) for e in entries]}


def _rule(entry: Entry) -> dict[str, Any]:
    question = entry.control.question if entry.control else ""
    how = [_proof(p) for p in (entry.control.proof if entry.control else ())]
    why = [f"**Why it matters.** {markdown(entry.why)}", ""] if entry.why else []
    text = "\n\n".join(filter(None, [entry.why, question, *how])) or entry.title
    marked = "\n".join([*why, *(f"- {markdown(line, 1_000)}" for line in how)]) or markdown(entry.title)
    return {
        "id": _cut(entry.id, 255),
        "name": _name(entry.id),
        "shortDescription": {"text": _cut(entry.title, 1_024)},
        "fullDescription": {"text": _cut(question or entry.why or entry.title, 1_024)},
        "help": {"text": visible(text, 4_000, lines=True), "markdown": marked},
        "defaultConfiguration": {"level": _LEVEL[entry.result.severity]},
        "properties": _rule_properties(entry),
    }


def _proof(proof: Proof) -> str:
    return f"{proof.method}: {proof.how}" + (f" To close it: {proof.fix}" if proof.fix else "")


def _rule_properties(entry: Entry) -> dict[str, Any]:
    severity = entry.result.severity
    secure = entry.area in _SECURITY_AREAS or any(t.startswith("LLM") for t in _frameworks(entry))
    tags = [*(["security"] if secure else []), entry.area, severity, *_frameworks(entry)]
    return {
        "tags": [_cut(t, 100) for t in dict.fromkeys(tags) if t][:MAX_TAGS],
        "precision": "high",
        "problem.severity": _PROBLEM[severity],
        **({"security-severity": _SECURITY[severity]} if secure else {}),
    }


def _frameworks(entry: Entry) -> tuple[str, ...]:
    return entry.control.frameworks if entry.control else ()


def _results(
    assessment: Assessment, entries: list[Entry], index: dict[str, int], anchor: str
) -> Iterator[dict[str, Any]]:
    new = None if assessment.new is None else set(assessment.new)
    justified = {note.control: note.detail for note in assessment.decision.waivers}
    seen: Counter[str] = Counter()
    for entry in sorted(entries, key=lambda e: list(_LEVEL).index(e.result.severity)):
        for finding in entry.findings:
            if finding.outcome not in ("fail", "inconclusive"):
                continue
            more: dict[str, Any] = {}
            if entry.result.waived:
                reason = _cut(justified.get(entry.id) or "waived")
                more["suppressions"] = [{"kind": "external", "justification": reason}]
            if new is not None:
                more["baselineState"] = "new" if (finding.control, finding.method) in new else "unchanged"
            for evidence in finding.evidence or (Evidence(),):
                yield {**_result(entry, finding, evidence, index[entry.id], anchor, seen), **more}


def _result(
    entry: Entry, finding: Finding, evidence: Evidence, rule: int, anchor: str, seen: Counter[str]
) -> dict[str, Any]:
    path = evidence.path if _is_file(evidence.path) else None
    where = "" if path or not evidence.path else f"{evidence.path}: "
    said = [finding.summary, f"{where}{evidence.detail}" if evidence.detail or where else "", _fix(finding)]
    level = _LEVEL[finding.severity] if finding.outcome == "fail" else "note"
    key = _fingerprint(finding, evidence)
    seen[key] += 1
    region = {"region": {"startLine": evidence.line}} if path and evidence.line and evidence.line > 0 else {}
    physical = {"artifactLocation": {"uri": _uri(path or anchor), "uriBaseId": "%SRCROOT%"}, **region}
    return {
        "ruleId": _cut(entry.id, 255),
        "ruleIndex": rule,
        "level": level,
        "message": {"text": _cut(" ".join(_sentence(s) for s in said if s)) or entry.title},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"primaryLocationLineHash": f"{key}:{seen[key]}", "gonogo/v1": f"{key}:{seen[key]}"},
        "properties": {"method": finding.method, "outcome": finding.outcome},
    }


def _fix(finding: Finding) -> str:
    return f"Fix: {finding.fix}" if finding.fix else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _fingerprint(finding: Finding, evidence: Evidence) -> str:
    """Hash what stays when code moves: figures and lines are left out. Equal ones are numbered in file order."""
    parts = (finding.control, finding.method, evidence.path or "", _FIGURES.sub("#", evidence.detail))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _is_file(path: str | None) -> bool:
    """Tell whether evidence stands at a file of the repository, not at a request or outside."""
    if not path or len(path) > MAX_TEXT or _REQUEST.match(path) or path.startswith(("/", "\\", "~")):
        return False
    return ".." not in path.split("/")


def _uri(path: str) -> str:
    try:
        name = path.encode("utf-8", "surrogateescape")  # the bytes of a name that is no UTF-8, as on the disk
    except UnicodeEncodeError:
        name = path.encode("utf-8", "backslashreplace")
    return quote(name, safe="/-._~")


def _name(id: str) -> str:
    """Return the control's name in the form that SARIF asks for: `reliability.timeouts` is `ReliabilityTimeouts`."""
    return _cut("".join(w[:1].upper() + w[1:] for w in re.split(r"[^A-Za-z0-9]+", id)) or "Control", 255)


def _automation_id(assessment: Assessment) -> str:
    parts = ("gonogo", assessment.system, assessment.profile, assessment.environment or "repository")
    return "/".join(re.sub(r"[^A-Za-z0-9._-]+", "-", p)[:60] or "-" for p in parts) + "/"


def _invocation(assessment: Assessment, told: View, results: int) -> dict[str, Any]:
    notes = [("warning", p) for p in assessment.problems]
    notes += [("error", f"{e.id}: {e.result.summary}") for e in told.entries if e.outcome == "error"]
    if results > MAX_RESULTS:
        notes.append(("warning", f"{results - MAX_RESULTS} of {results} results were left out, the least severe ones."))
    return {
        "executionSuccessful": True,
        "endTimeUtc": f"{assessment.decision.decided_at:%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": _cut(text)}} for level, text in notes[:100]
        ],
    }


def _cut(text: str, limit: int = MAX_TEXT) -> str:
    return visible(text, limit)
