"""Readiness, by reading: the runbooks that people follow at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gonogo.catalog.limits import Limits
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.facts import Document, Evidence, SourceTree

ROLES = ("runbook", "incident", "operations")
SCENARIOS = {
    "provider down": ("provider", "outage"),
    "cost spike": ("cost", "spend", "budget"),
    "quality drop": ("quality",),
    "injection": ("injection", "jailbreak"),
    "data leak": ("leak", "breach", "exfiltration"),
    "drift": ("drift",),
    "index fault": ("index", "retrieval"),
}
SECTIONS = {
    "symptoms": ("symptom", "detection", "signs"),
    "checks": ("check", "diagnos", "verify", "investigat"),
    "actions": ("action", "response", "mitigat", "steps", "remed"),
    "rollback": ("roll back", "rollback", "revert"),
    "pager": ("pager", "page", "on-call", "on call", "escalat"),
    "owner": ("owner", "responsible"),
}


@check("readiness.incident-runbook", by="scan", needs=(SourceTree, Document), optional=(Document,))
def incident_runbook_by_scan(trees: Sequence[SourceTree], documents: Sequence[Document], limits: Limits) -> Answer:
    """Each known failure has a complete and current runbook whose commands exist."""
    books = [d for d in documents if d.role in ROLES]
    if not books:
        return failed(
            "there is no runbook", [Evidence(detail=f"{counted(documents, 'document', 'documents')}, no runbook")]
        )
    found = {name: [b for b in books if _about(b, words)] for name, words in SCENARIOS.items()}
    lacking = [name for name, kept in found.items() if not kept]
    if len(found) - len(lacking) < limits.scenarios:
        shown = [(b, b.title) for b in books]
        return failed(f"no runbook tells what to do about: {', '.join(lacking)}", shown)
    used = {b.path: b for kept in found.values() for b in kept}
    gaps = [(b, gap) for b in used.values() for gap in _gaps(b, limits.age_days)]
    if gaps:
        return failed(share({b.path for b, _ in gaps}, used, "runbook", "has", "have") + " gaps", gaps)
    undated = [(b, "its last change cannot be told without git") for b in used.values() if b.changed_at is None]
    if undated:
        return inconclusive("the age of the runbooks cannot be told", undated)
    many = counted(found, "scenario has", "scenarios have")
    return passed(f"{many} a complete runbook", [(b, b.title) for b in used.values()])


def _about(document: Document, words: Sequence[str]) -> bool:
    texts = [document.title.lower(), *document.headings, document.path.lower().rpartition("/")[2]]
    return any(word in text for word in words for text in texts)


def _gaps(document: Document, age_days: float) -> list[str]:
    texts = [*document.headings, *document.labels]
    gaps = [f"no {name}" for name, words in SECTIONS.items() if not any(w in t for w in words for t in texts)]
    gaps += [f"its command {name} is not in the repository" for name in document.missing]
    if document.changed_at is not None:
        age = (document.seen_at - datetime.fromisoformat(document.changed_at)).days
        gaps += [f"last changed {age} days ago"] if age > age_days else []
    return gaps
