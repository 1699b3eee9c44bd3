"""Writes signed statements into the user's repository, and adds a second signature to them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from gonogo.errors import StatementError, UsageError
from gonogo.ledger.dsse import parse, seal
from gonogo.ledger.signature import SigningKey
from gonogo.prove.attest.reading import opened
from gonogo.prove.attest.statement import DIRECTORY, PAYLOAD_TYPE, Approved, Predicate, Waived, payload_of, read_payload
from gonogo.screen.secrets import find


def write(root: Path, predicate: Predicate, key: SigningKey, artifact: bytes | None = None) -> Path:
    """Sign and store a statement; return its path. Raises `UsageError` for a text that holds a secret."""
    payload = payload_of(predicate, artifact)
    if secrets := find(payload.decode()):
        raise UsageError(
            f"the statement holds a secret ({secrets[0].kind}), and it would be committed",
            mend="take it out; name a key by its id or its variable",
        )
    sealed = seal(payload, PAYLOAD_TYPE, [key])
    path = root / DIRECTORY / _name(predicate, sealed)
    path.parent.mkdir(parents=True, exist_ok=True)
    _store(path, sealed)
    return path


def _name(predicate: Predicate, sealed: bytes) -> str:
    """Name a file so that people find it: what it is about, the day of signing, a few digits to tell it apart."""
    if isinstance(predicate, Approved):
        about = "approval"
    else:
        about = f"{predicate.control}-waiver" if isinstance(predicate, Waived) else predicate.control
    return f"{about}-{predicate.signed_at:%Y-%m-%d}-{hashlib.sha256(sealed).hexdigest()[:8]}.json"


def countersign(path: Path, key: SigningKey, names: dict[str, str]) -> Predicate:
    """Add `key`'s signature to a statement file and return what it says. `names` are people's names by key id.

    Raises `StatementError` where it is no statement, and `UsageError` where the author would sign for themselves.
    """
    stated, _, envelope = opened(path, str(path))
    same_name = names.get(key.id) is not None and names.get(key.id) == names.get(stated.author)
    if key.id == stated.author or same_name:
        raise UsageError(
            f"{path} was signed by you; the second signature must be another person's",
            mend=f"let a colleague run: gonogo attest --countersign {path}",
        )
    if key.id in envelope.key_ids:
        raise UsageError(f"{path} has your signature already", mend="nothing is left to do: commit it")
    _store(path, envelope.countersign(key).encode(), replacing=True)
    return stated


def _store(path: Path, content: bytes, *, replacing: bool = False) -> None:
    """Write a file whole or not at all; without `replacing` an existing one is never touched."""
    payload = parse(content)
    read_payload(payload.payload_type, payload.payload, str(path))  # what we write we can read
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".statement-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).chmod(0o644)
        if replacing:
            Path(scratch).replace(path)
        else:
            os.link(scratch, path)
    except FileExistsError as taken:
        raise StatementError("exists already", path=str(path), mend="wait a second and sign again") from taken
    finally:
        Path(scratch).unlink(missing_ok=True)
