"""What people stated and signed: attestations, waivers, approvals."""

from __future__ import annotations

from datetime import date

import msgspec

from gonogo.facts.record import Fact


class Signer(msgspec.Struct, frozen=True):
    """Who signed: `key` is the key's id (`SHA256:...`), `name` the owner by the law's list, None for an unknown key.

    `valid` is true when the signature holds over the statement's bytes.
    """

    key: str
    name: str | None = None
    valid: bool = False


class ArtifactCheck(msgspec.Struct, frozen=True):
    """One machine check of an artefact: what was asked, whether it holds, and what was seen."""

    name: str
    holds: bool
    detail: str = ""


class Attestation(Fact, frozen=True, kw_only=True):
    """A person's statement about a control, with the artefact that it rests on.

    `seen_at` is when it was signed. `fields` are the values that the statement gives (account id, limit, dates, ...);
    `artifact` is the path of the artefact in the repository, `digest` its sha256 when signed and `intact` whether it is
    still the same. `signers[0]` is the author; further ones countersigned.
    """

    control: str
    statement: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    artifact: str | None = None
    digest: str | None = None
    intact: bool = True
    checks: tuple[ArtifactCheck, ...] = ()
    signers: tuple[Signer, ...] = ()
    path: str = ""


class Waiver(Fact, frozen=True, kw_only=True):
    """A failing control is accepted for a while. It stands beside the finding and never edits it.

    `expires` is a UTC date, inclusive: the waiver holds through the last second of that day.
    """

    control: str
    owner: str
    reason: str
    compensation: str
    expires: date
    signers: tuple[Signer, ...] = ()
    path: str = ""


class Approval(Fact, frozen=True, kw_only=True):
    """A person verified the evidence and approves. `evidence` is the digest of the findings that were approved;
    `law` the digest of a changed law that the approver accepts, where that is what was approved."""

    subject: str
    evidence: str | None = None
    law: str | None = None
    statement: str = ""
    signers: tuple[Signer, ...] = ()
    path: str = ""
