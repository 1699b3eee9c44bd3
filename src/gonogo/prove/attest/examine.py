"""The machine checks of a statement and its artefact: what can be told without believing anybody.

Ages against thresholds are not judged here: that is the control's check, against the time of signing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gonogo.derive.declared import billed
from gonogo.derive.statements import blank
from gonogo.facts import ArtifactCheck, Subject, System
from gonogo.ledger.reading import holds
from gonogo.ledger.verification import verify
from gonogo.prove.attest.artifacts import fields_of, file_checks, headings_of
from gonogo.prove.attest.filling import Filling, artifact_at, day_of, listed
from gonogo.prove.attest.forms import form_of
from gonogo.prove.attest.statement import Attested

__all__ = ["Exhibit", "artifact_at", "day_of", "examine", "intact"]


@dataclass(frozen=True)
class Exhibit:
    """A statement with the artefact that lies in the repository now, and the state and day it is looked at on.

    `ledgers` are the directories of the evidence on record.
    """

    stated: Attested
    content: bytes | None
    subject: Subject
    today: date
    root: Path = field(default_factory=Path)
    system: System | None = None
    ledgers: tuple[Path, ...] = ()

    @property
    def providers(self) -> tuple[str, ...]:
        """The declared providers that bill per use."""
        return tuple(name.lower() for name in billed(self.system)) if self.system else ()

    @property
    def fields(self) -> dict[str, str]:
        """What the statement gives, completed by what the artefact gives."""
        return self.found | self.stated.fields

    @property
    def found(self) -> dict[str, str]:
        """What the artefact gives."""
        return fields_of(self.stated.artifact or "", self.content) if self.content is not None else {}


def intact(content: bytes | None, digest: str | None) -> bool:
    """Tell whether an artefact is still the one that was signed."""
    return content is not None and digest is not None and hashlib.sha256(content).hexdigest() == digest


def examine(exhibit: Exhibit) -> tuple[ArtifactCheck, ...]:
    """Return every machine check of a statement, those of all controls first."""
    stated = exhibit.stated
    checks = [*_required(exhibit), *_dates(exhibit), *_unchanged(stated.fingerprints, exhibit.subject)]
    if exhibit.content is not None:
        checks += file_checks(stated.artifact or "", exhibit.content)
        checks += _agreement(stated.fields, exhibit.found)
    name = stated.artifact or ""
    form = form_of(stated.control)
    checks += Filling(form, exhibit.root, exhibit.subject, exhibit.system, name=name, content=exhibit.content).checks(
        exhibit.fields
    )
    own = _EXAMINERS.get(stated.control)
    return (*checks, *(own(exhibit) if own else ()))


def _required(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """Every field of the form is given; one with `*` for each provider, or once where there is only one."""
    form = form_of(exhibit.stated.control)
    for key, value in form.fields.items():
        keys = [key.replace("*", p) for p in exhibit.providers] if "*" in key else [key]
        for wanted in keys or [key.replace("*.", "")]:
            bare = wanted.partition(".")[2] if len(exhibit.providers) == 1 and "*" in key else ""
            given = exhibit.fields.get(wanted) or exhibit.fields.get(bare)
            missing = blank(given) and not value.optional
            yield ArtifactCheck(f"field {wanted}", not missing, f"missing: {value.meaning}" if missing else "given")
    if form.artifact and exhibit.stated.artifact is None:
        yield ArtifactCheck("artefact", False, f"missing: {form.artifact}")


def _dates(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """Dates of looking lie before the signature; a date named for the next review is not past."""
    signed = exhibit.stated.signed_at.date()
    for key, value in sorted(exhibit.fields.items()):
        name = key.rpartition(".")[2]
        if name not in ("date", "reviewed", "review_by", "next_review"):
            continue
        day = day_of(value)
        if blank(value):
            continue
        if day is None:
            yield ArtifactCheck(f"date {key}", False, f"{value[:40]!r} is no date such as 2026-01-31")
        elif name in ("date", "reviewed"):
            yield ArtifactCheck(f"date {key}", day <= signed, f"{day}, signed {signed}")
        else:
            past = day < exhibit.today
            yield ArtifactCheck(f"date {key}", not past, f"{day} is past" if past else f"{day}")


def _unchanged(signed: Mapping[str, str], subject: Subject) -> Iterator[ArtifactCheck]:
    """The parts that the statement is bound to are as they were when it was signed."""
    for part, digest in sorted(signed.items()):
        same = subject.fingerprints.get(part) == digest
        yield ArtifactCheck(f"unchanged {part}", same, "as signed" if same else f"{part} changed since it was signed")


def _agreement(given: Mapping[str, str], found: Mapping[str, str]) -> Iterator[ArtifactCheck]:
    """What statement and artefact both say is the same."""
    unlike = sorted(k for k in given.keys() & found.keys() if given[k].strip().lower() != found[k].strip().lower())
    if unlike:
        yield ArtifactCheck("agreement", False, f"statement and artefact differ on {', '.join(unlike[:5])}")


def _red_team(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """The tester wrote none of the commits; every finding has a status; no critical one is open."""
    tester = exhibit.fields.get("tester", "").strip().lower()
    own = [a for a in exhibit.subject.authors if a.lower() in tester]
    yield ArtifactCheck("tester", bool(tester) and not own, "wrote the change" if own else tester[:80] or "missing")
    findings = {k.rpartition(".")[0] for k in exhibit.found if k.endswith((".status", ".severity"))}
    said = any("no finding" in h for h in headings_of(exhibit.content or b""))
    yield ArtifactCheck("findings", bool(findings) or said, f"{len(findings)} findings with severity or status")
    for finding in sorted(findings):
        status = exhibit.found.get(f"{finding}.status", "").lower()
        severity = exhibit.found.get(f"{finding}.severity", "").lower()
        closed = any(word in status for word in ("fixed", "closed", "accepted", "mitigated", "resolved"))
        holds = bool(status and severity) and (closed or severity != "critical")
        yield ArtifactCheck(
            f"finding {finding}"[:80], holds, f"{severity or 'no severity'}: {status or 'no status'}"[:80]
        )


_ENCRYPTED = re.compile(r"\b(?:\w*crypt\w*|luks\d?|filevault is on|bitlocker|aes(?:-\w+)*)\b", re.IGNORECASE)
_BARE = re.compile(r"not encrypted|unencrypted|decrypted|\bencrypt\w*\W{1,4}(?:no|off|false)\b|is off", re.IGNORECASE)


def _encryption(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """The output is of the named host, and its line for each named volume says that it is encrypted."""
    text = (exhibit.content or b"").decode("utf-8", "replace")
    host = exhibit.fields.get("host", "").strip()
    yield ArtifactCheck("host", bool(host) and host.lower() in text.lower(), host[:80] or "missing")
    for volume in listed(exhibit.fields.get("volumes", "")):
        word = re.compile(rf"(?<!\w)(?<!\w-){re.escape(volume)}(?![\w-])", re.IGNORECASE)
        lines = [line for line in text.splitlines() if word.search(line) and not line.lower().startswith("volumes:")]
        encrypted = any(_ENCRYPTED.search(line) for line in lines) and not any(_BARE.search(line) for line in lines)
        detail = "encrypted" if encrypted else "not shown to be encrypted" if lines else "not in the output"
        yield ArtifactCheck(f"volume {volume}"[:80], encrypted, detail)


def _head(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """The head that was reviewed up to is a record of the ledger; nothing is said where there is no ledger."""
    head = exhibit.fields.get("head", "").strip()
    if exhibit.ledgers and not blank(head):
        broken = [problem for directory in exhibit.ledgers for problem in verify(directory)]
        held = not broken and holds(exhibit.ledgers, head)
        told = f"the ledger does not hold: {broken[0]}" if broken else f"{head[:90]} is none of the ledger's"
        yield ArtifactCheck("head", held, "a record of the ledger" if held else told[:300])


def _report(exhibit: Exhibit) -> Iterator[ArtifactCheck]:
    """The digest is that of the attached report."""
    path, digest = (exhibit.fields.get(key, "").strip() for key in ("report", "report_digest"))
    if not blank(path) or not blank(digest):
        content = artifact_at(exhibit.root, path)
        same = intact(content, digest.removeprefix("sha256:").lower())
        yield ArtifactCheck("report digest", same, "that of the report" if same else f"not the sha256 of {path[:80]!r}")


_EXAMINERS: dict[str, Callable[[Exhibit], Iterator[ArtifactCheck]]] = {
    "security-input.red-team-done": _red_team,
    "access.encryption-at-rest": _encryption,
    "observability.log-review": _head,
    "rollout.post-launch-review": _report,
}
