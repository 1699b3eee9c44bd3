"""Signed statements of people, for what no machine can tell: read, held to keys, and their artefacts examined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from gonogo.errors import StatementError
from gonogo.facts import Approval, Attestation, Fact, Method, Waiver
from gonogo.prove.base import Target

if TYPE_CHECKING:
    from pathlib import Path

    from gonogo.facts import Signer
    from gonogo.prove.attest.reading import People
    from gonogo.prove.attest.statement import Approved, Attested, Named, Waived

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far ahead of ours the clock of a signer may be."""


@dataclass(frozen=True)
class Attest:
    """Reads `gonogo/statements/*.json`. A file that is no statement is a problem of the run; the others still count."""

    method: ClassVar[Method] = "attest"
    name: ClassVar[str] = "attest"

    def collect(self, target: Target) -> Iterator[Fact]:
        """Yield the attestations, waivers and approvals of the repository, by file name."""
        from gonogo.prove.attest.reading import MOST, files_of, people_of

        # Where a law is in force, only its people sign: a commit cannot bring the second person along.
        declared = target.declaration.system if target.declaration else None
        people = people_of([target.law or declared])
        for count, path in enumerate(files_of(target.root)):
            if count >= MOST:
                target.problems.append(f"there are more than {MOST} statements; the rest was not read")
                return
            try:
                yield _fact(path, target, people)
            except StatementError as wrong:
                target.problems.append(wrong.message)


def _fact(path: Path, target: Target, people: People) -> Fact:
    from gonogo.prove.attest.reading import opened, signers_of
    from gonogo.prove.attest.statement import Attested, Waived

    shown = path.relative_to(target.root).as_posix()
    stated, about, envelope = opened(path, shown)
    if stated.signed_at > target.now() + CLOCKS_DIFFER:
        raise StatementError(f"is dated in the future ({stated.signed_at.isoformat()})", path=shown, key="signed_at")
    signers = signers_of(envelope, stated.author, people)
    if isinstance(stated, Attested):
        return _attestation(stated, about, signers, shown, target)
    return (
        _waiver(stated, signers, shown, target)
        if isinstance(stated, Waived)
        else _approval(stated, signers, shown, target)
    )


def _attestation(
    stated: Attested, about: Named, signers: tuple[Signer, ...], shown: str, target: Target
) -> Attestation:
    from gonogo.prove.attest.artifacts import FIELDS
    from gonogo.prove.attest.examine import Exhibit, artifact_at, examine, intact

    content = artifact_at(target.root, stated.artifact) if stated.artifact else None
    digest = about.digest.get("sha256") if stated.artifact else None
    exhibit = Exhibit(
        stated,
        content,
        target.subject,
        target.now().date(),
        target.root,
        target.declaration.system if target.declaration else None,
        ledgers_of(target.home or target.root),
    )
    return Attestation(
        seen_at=stated.signed_at,
        run=target.run,
        control=stated.control,
        statement=_clean(stated.statement, 4000),
        fields={_clean(k, 100): _clean(v, 500) for k, v in sorted(exhibit.fields.items())[:FIELDS]},
        artifact=stated.artifact,
        digest=f"sha256:{digest}" if digest else None,
        intact=stated.artifact is None or intact(content, digest),
        checks=examine(exhibit),
        signers=signers,
        path=shown,
    )


def ledgers_of(home: Path) -> tuple[Path, ...]:
    """Return the ledger of the repository at `home`, where it has one."""
    kept = home / ".gonogo" / "ledger"
    return (kept,) if kept.is_dir() else ()


def _waiver(stated: Waived, signers: tuple[Signer, ...], shown: str, target: Target) -> Waiver:
    return Waiver(
        seen_at=stated.signed_at,
        run=target.run,
        control=stated.control,
        owner=_clean(stated.owner, 200),
        reason=_clean(stated.reason, 4000),
        compensation=_clean(stated.compensation, 4000),
        expires=stated.expires,
        signers=signers,
        path=shown,
    )


def _approval(stated: Approved, signers: tuple[Signer, ...], shown: str, target: Target) -> Approval:
    return Approval(
        seen_at=stated.signed_at,
        run=target.run,
        subject=_clean(stated.subject, 200),
        evidence=stated.evidence,
        law=stated.law,
        statement=_clean(stated.statement, 4000),
        signers=signers,
        path=shown,
    )


def _clean(text: str, limit: int) -> str:
    """Return a person's text without secrets that slipped into it, cut to `limit` characters."""
    from gonogo.screen.secrets import mask

    return mask(text[: limit * 2])[:limit]
