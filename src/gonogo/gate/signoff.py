"""Sign-off: people who verified the evidence and approve (the control `decision.second-person`).

An approval counts when an approver of the law in force made it, after the evidence, over the digest of exactly this
evidence, and is neither an author of the commits under judgement nor the one who decides. A refused one says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from gonogo.facts import Approval, ApprovalNote, Finding, Subject, encode
from gonogo.facts.declaration import Person
from gonogo.gate.moments import in_future, shown, utc
from gonogo.gate.people import Roster, called
from gonogo.gate.safeguards import GATE_RULES


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """What an approval is held against.

    `evidence` is the digest of the findings and `newest` their youngest moment; `deciders` are the key ids, addresses
    or names of whoever runs the gate; `law` is the digest of the judged state's own law; `days` is an approval's life.
    """

    subject: Subject
    evidence: str
    newest: datetime | None
    roster: Roster
    now: datetime
    deciders: tuple[str, ...] = ()
    law: str | None = None
    days: int = 31


def is_evidence(finding: Finding) -> bool:
    """Tell whether a finding is evidence; the gate's own rules are concluded from it and do not count."""
    return not (finding.control in GATE_RULES and finding.method == "records")


def evidence_digest(findings: Iterable[Finding]) -> str:
    """Return `sha256:...` over the canonical JSON of the findings, sorted, one per line: what approvers sign.

    Left out is what another look changes without seeing anything else: the ids of the runs, and the time of a finding
    that is no pass (only a pass ages).
    """
    lines = sorted(encode(_signed(f)) for f in findings if is_evidence(f))
    return "sha256:" + hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()


def _signed(finding: Finding) -> Finding:
    seen = utc(finding.seen_at) if finding.seen_at and finding.outcome == "pass" else None
    return msgspec.structs.replace(finding, facts=(), seen_at=seen)


def newest(findings: Iterable[Finding]) -> datetime | None:
    """Return when the youngest evidence that speaks for the system was seen."""
    passing = [f for f in findings if f.outcome == "pass" and is_evidence(f)]
    return max((utc(f.seen_at) for f in passing if f.seen_at), default=None)


def assess(approvals: Iterable[Approval], seat: Seat) -> tuple[ApprovalNote, ...]:
    """Say of each signature on each approval what it is worth."""
    notes = [note for approval in approvals for note in _notes(approval, seat)]
    return tuple(sorted(set(notes), key=encode))


def people_who(notes: Iterable[ApprovalNote], covers: str) -> dict[str, datetime | None]:
    """Return the approvers whose approval counts, with its end (the latest, where they signed twice)."""
    found: dict[str, datetime | None] = {}
    for note in notes:
        if note.covers == covers and note.state == "accepted":
            known = found.get(note.signer, note.expires)
            found[note.signer] = max(known, note.expires) if known and note.expires else note.expires
    return found


def until(notes: Iterable[ApprovalNote], needed: int) -> datetime | None:
    """Return when fewer than `needed` people will have approved the evidence; None where that is so already."""
    ends = sorted((e for e in people_who(notes, "evidence").values() if e), reverse=True)
    return ends[needed - 1] if 0 < needed <= len(ends) else None


def _notes(approval: Approval, seat: Seat) -> list[ApprovalNote]:
    notes = []
    for signer in dict.fromkeys(approval.signers):
        objection = _objection(signer.key, signer.valid, approval, seat)
        if approval.law is not None:
            detail = objection or _against_law(approval, seat)
            notes.append(_made(called(signer, seat.roster), "law", detail, None))
        if approval.evidence is not None or approval.law is None:
            end = utc(approval.seen_at) + timedelta(days=seat.days)
            detail = objection or _against_evidence(approval, end, seat)
            notes.append(_made(called(signer, seat.roster), "evidence", detail, end))
    return notes or [_made("nobody", "evidence", "nobody signed it", None)]


def _made(signer: str, covers: str, objection: str | None, expires: datetime | None) -> ApprovalNote:
    return ApprovalNote(
        signer=signer,
        covers="law" if covers == "law" else "evidence",
        state="refused" if objection else "accepted",
        detail=objection or "",
        expires=None if objection else expires,
    )


def _objection(key: str, valid: bool, approval: Approval, seat: Seat) -> str | None:
    """Say why this signer's word does not count, whatever it is about."""
    person = seat.roster.approver(key)
    if person is None:
        known = seat.roster.person(key)
        return f"{known.name} is no approver of the law in force" if known else "the law in force does not know the key"
    if not valid:
        return "the signature does not hold"
    if in_future(approval.seen_at, seat.now):
        return "it is dated in the future"
    return _interest(person, seat)


def _interest(person: Person, seat: Seat) -> str | None:
    if seat.roster.is_one_of(person, seat.deciders):
        return "who decides cannot approve as well"
    if not seat.roster.has_address(person):
        return "the law gives no address for this approver, so that nobody can tell whether they wrote the change"
    if seat.roster.is_one_of(person, seat.subject.authors):
        return "an author of the change cannot approve it"
    return None


def _against_evidence(approval: Approval, end: datetime, seat: Seat) -> str | None:
    if approval.subject not in (seat.subject.tree, _commit(seat.subject)):
        return "it is for another state"
    if approval.evidence != seat.evidence:
        return "it is over other evidence (another hash)"
    if seat.newest and utc(approval.seen_at) < seat.newest:
        return f"it was made before the evidence of {shown(seat.newest)}"
    if seat.now >= end:
        return f"it expired at {shown(end)}"
    return None


def _against_law(approval: Approval, seat: Seat) -> str | None:
    return None if seat.law and approval.law == seat.law else "it is over another law (another hash)"


def _commit(subject: Subject) -> str:
    """Return the commit, where it names the judged state; a dirty tree is not what its commit says."""
    return subject.commit if subject.commit and not subject.dirty else subject.tree
