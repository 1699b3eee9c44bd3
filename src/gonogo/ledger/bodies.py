"""Bodies of requests and answers, beside the ledger and encrypted for their subject.

A fact names a body by its `ref`, the sha256 of the encrypted bytes: so the chain holds the body too, and goes on to
hold after `forget` has destroyed the key and nobody can read it any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gonogo.errors import LedgerError
from gonogo.ledger.claim import cannot_write
from gonogo.ledger.layout import replace, sync_directory

_REF = re.compile(r"[0-9a-f]{64}")
_NONCE = 12


class Bodies:
    """The bodies of one ledger. Subjects stand in no file name in the clear: a keyed hash stands for each."""

    def __init__(self, directory: Path) -> None:
        """Use `directory`; nothing is created before a body is put."""
        self.directory = directory

    def put(self, subject: str, body: bytes) -> str:
        """Encrypt and keep a body of `subject` and return its `ref`; raises `LedgerError` when it cannot be written."""
        try:
            key, owner = self._key(subject), self._owner(subject)
            nonce = secrets.token_bytes(_NONCE)
            sealed = nonce + AESGCM(key).encrypt(nonce, body, owner.encode())
            ref = hashlib.sha256(sealed).hexdigest()
            (self.directory / owner).mkdir(exist_ok=True)
            replace(self.directory / owner / f"{ref}.body", sealed, sync=False)
        except OSError as broken:
            raise cannot_write(self.directory, broken) from broken
        return ref

    def get(self, subject: str, ref: str) -> bytes | None:
        """Return a body; None when the subject was forgotten, `LedgerError` when it is not there or was changed."""
        if not _REF.fullmatch(ref):
            raise LedgerError(f"{ref!r} names no body", mend="take the reference from a fact")
        owner = self._owner(subject)
        try:
            key = self._key_file(owner).read_bytes()
        except FileNotFoundError:
            return None
        try:
            sealed = (self.directory / owner / f"{ref}.body").read_bytes()
            if hashlib.sha256(sealed).hexdigest() != ref:
                raise LedgerError(f"the body {ref} was changed", mend="restore it from a copy")
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
        except (OSError, InvalidTag, ValueError) as broken:
            raise LedgerError(f"the body {ref} cannot be read: {broken}", mend="restore it from a copy") from broken

    def forget(self, subject: str) -> bool:
        """Destroy the key of `subject` for good, then its bodies; tell whether there was a key.

        Nothing is created where nothing was ever kept. Copies of the bodies stay unreadable wherever they are, provided
        that no copy was made of the key.
        """
        if not (self.directory / "salt").exists():
            return False
        owner = self._owner(subject)
        file = self._key_file(owner)
        try:
            with file.open("rb+") as opened:
                opened.write(secrets.token_bytes(32))
                opened.flush()
                os.fsync(opened.fileno())
            file.unlink()
            sync_directory(file.parent)
        except FileNotFoundError:
            return False
        except OSError as broken:
            raise cannot_write(file, broken) from broken
        for body in (self.directory / owner).glob("*.body"):
            with contextlib.suppress(OSError):
                body.unlink()
        return True

    def _owner(self, subject: str) -> str:
        return hmac.digest(self._salt(), subject.encode(), "sha256").hex()

    def _key_file(self, owner: str) -> Path:
        return self.directory / "keys" / f"{owner}.key"

    def _key(self, subject: str) -> bytes:
        return self._kept(self._key_file(self._owner(subject)))

    def _salt(self) -> bytes:
        return self._kept(self.directory / "salt")

    def _kept(self, path: Path) -> bytes:
        """Return 32 secret bytes that are made at the first call, whoever of several processes comes first."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = path.with_name(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(scratch, path)
        scratch.unlink()
        sync_directory(path.parent)
        return path.read_bytes()
