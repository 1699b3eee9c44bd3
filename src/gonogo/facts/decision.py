"""The gate's answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from gonogo.facts.finding import Finding, Outcome, Severity
from gonogo.facts.law import Law
from gonogo.facts.run import Subject

Verdict = Literal["GO", "NO-GO"]


class ControlResult(msgspec.Struct, frozen=True, kw_only=True):
    """One control after its proofs were combined.

    `blocking` is true when it keeps the decision from GO. `stale` says in a sentence which evidence expired or was
    bound to another state. `expires` is when its evidence ends to count. `close` is the command that would close it.
    `declared` is the reason that the law in force gives for "does not apply"; the findings stay beside it.
    """

    control: str
    title: str
    severity: Severity
    outcome: Outcome
    summary: str
    blocking: bool = False
    waived: bool = False
    stale: str | None = None
    expires: datetime | None = None
    close: str | None = None
    planned: bool = False
    """True where only proofs are missing that this version of gonogo cannot make yet."""
    declared: str | None = None
    findings: tuple[Finding, ...] = ()


class WaiverNote(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate says of one waiver: `state` is active, expiring, expired, unneeded or refused, `detail` why."""

    control: str
    owner: str
    expires: date
    state: Literal["active", "expiring", "expired", "unneeded", "refused"]
    detail: str = ""


class ApprovalNote(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate says of one approval. `signer` is the approver's name by the law, else the id of the key.

    `covers` is `evidence` for the findings, `law` for a changed law. `expires` is when an accepted one ends to count.
    """

    signer: str
    covers: Literal["evidence", "law"]
    state: Literal["accepted", "refused"]
    detail: str = ""
    expires: datetime | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """GO or NO-GO, with all that an auditor needs to replay it.

    `blockers`, `waived` and `not_collected` are control ids. `reasons` are sentences for blockers that are no control
    (a changed law, a missing approval, a dirty tree). `expires` is when the decision stops to hold by itself.
    `notes` are sentences that a reader must see and that block nothing. `approvals_needed` is how many people had to
    sign. `heads` are the ledger heads the evidence was read under; `law` and `evidence` are digests, `law_origin` says
    where the law in force was read (a revision or a policy file).
    """

    verdict: Verdict
    system: str
    subject: Subject
    profile: str
    environment: str | None
    decided_at: datetime
    expires: datetime | None
    blockers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    not_collected: tuple[str, ...] = ()
    waivers: tuple[WaiverNote, ...] = ()
    approvals: tuple[ApprovalNote, ...] = ()
    approvals_needed: int = 0
    results: tuple[ControlResult, ...] = ()
    law: str = ""
    law_origin: str = ""
    laws: tuple[Law | None, Law | None] = (None, None)
    """The law that bound the state, and the one that the state declares: what an auditor replays with."""
    runs: tuple[str, ...] = ()
    """The runs whose facts were judged."""
    evidence: str = ""
    heads: dict[str, str] = msgspec.field(default_factory=dict)
    catalog: str = ""
    gonogo: str = ""
