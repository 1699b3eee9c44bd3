"""Reads signed statements and says who signed them: nothing in them counts before a signature was held to a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gonogo.errors import KeyStoreError, StatementError, VerificationError
from gonogo.facts import Signer, System
from gonogo.ledger.dsse import Envelope, parse
from gonogo.ledger.signature import PublicKey
from gonogo.prove.attest.statement import DIRECTORY, Named, Predicate, read_payload

LARGEST = 1024 * 1024
"""Bytes of a statement file; none that we write comes near it."""
MOST = 5000
"""Statement files that are read."""
SIGNATURES = 20
"""Signatures of one statement that are looked at."""
People = Mapping[str, tuple[str, PublicKey]]
"""Key id to the person's name and public key."""


def people_of(systems: Iterable[System | None]) -> dict[str, tuple[str, PublicKey]]:
    """Return everybody whose key one of `systems` names; the first that names a key decides whose it is."""
    found: dict[str, tuple[str, PublicKey]] = {}
    for system in systems:
        if system is None:
            continue
        for person in (*system.approvers, *system.owners, *system.rota, *system.contacts):
            try:
                key = PublicKey.parse(person.key or "")
            except KeyStoreError:
                continue
            found.setdefault(key.id, (person.name, key))
    return found


def files_of(root: Path) -> Iterator[Path]:
    """Yield the statement files of a repository, by name; links and directories are left out."""
    directory = root / DIRECTORY
    if directory.is_symlink() or not directory.is_dir():
        return
    named = sorted(p for p in directory.iterdir() if p.suffix == ".json" and not p.name.startswith("."))
    yield from (p for p in named if p.is_file() and not p.is_symlink())


def read_envelope(path: Path, shown: str) -> Envelope:
    """Return the envelope in a file; raises `StatementError` for whatever is wrong with it."""
    mend = "restore the file from git, or ask its author for it"
    try:
        if path.stat().st_size > LARGEST:
            raise StatementError(f"is larger than {LARGEST} bytes", path=shown, mend=mend)
        return parse(path.read_bytes())
    except OSError as broken:
        raise StatementError(f"cannot be read: {broken.strerror}", path=shown, mend=mend) from broken
    except VerificationError as wrong:
        raise StatementError(wrong.message, path=shown, mend=mend) from wrong


def opened(path: Path, shown: str) -> tuple[Predicate, Named, Envelope]:
    """Return what a statement file says, what it is about, and its signatures; raises `StatementError`."""
    envelope = read_envelope(path, shown)
    predicate, about = read_payload(envelope.payload_type, envelope.payload, shown)
    return predicate, about, envelope


def signers_of(envelope: Envelope, author: str, people: People) -> tuple[Signer, ...]:
    """Return who signed, the author first. A signature of a key that nobody is known by cannot be held to anything."""
    claimed = list(dict.fromkeys([author, *envelope.key_ids[:SIGNATURES]]))
    found = []
    for key in claimed:
        name, public = people.get(key, (None, None))
        found.append(Signer(key[:100], name, public is not None and envelope.signed_by(public)))
    return tuple(found)
