"""What is signed about a writer's chain: its head, the seals of its full segments, and what retention dropped.

Each is a small JSON file. The signature covers the canonical JSON of the record with an empty signature, under a type
of its own, so that no record can pass for another. Without a key `key` is null: the record says that it is unsigned.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from gonogo.errors import KeyStoreError, LedgerError
from gonogo.facts import encode
from gonogo.ledger.dsse import pae
from gonogo.ledger.layout import replace, writer_name, writers
from gonogo.ledger.signature import PublicKey, SigningKey


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What all three share: `at` is when it was written, `key` the public key that signed it, None when unsigned."""

    writer: str
    at: str
    key: str | None = None
    signature: str = ""


class Head(Signed, frozen=True, kw_only=True):
    """The last record that is on disk: its number and hash, and its segment with the size up to it in bytes."""

    seq: int
    hash: str
    segment: str = ""
    size: int = 0

    @property
    def text(self) -> str:
        """What is published with a decision: `<seq>:<hash>`."""
        return f"{self.seq}:{self.hash}"


class Seal(Signed, frozen=True, kw_only=True):
    """A sealed segment: its records `first` to `last`, the hash before them and the last one, and the file's sha256."""

    first: int
    last: int
    prev: str
    hash: str
    day: str
    sha256: str


class Dropped(Signed, frozen=True, kw_only=True):
    """Retention took away every record up to `seq`, whose hash is `hash`; `before` is the first day that was kept."""

    seq: int
    hash: str
    before: str


S = TypeVar("S", bound=Signed)
State = Literal["signed", "unsigned", "unknown", "broken"]


def sign(record: S, key: SigningKey | None) -> S:
    """Return the record with its signature; unsigned without a key."""
    if key is None:
        return msgspec.structs.replace(record, key=None, signature="")
    bare = msgspec.structs.replace(record, key=key.public.text, signature="")
    return msgspec.structs.replace(bare, signature=base64.b64encode(key.sign(_signed_bytes(bare))).decode())


def state(record: Signed, keys: Collection[PublicKey] | None) -> State:
    """Tell how far the signature goes: it holds, there is none, the key is not one of `keys`, or it does not hold.

    With `keys` None any key will do: that shows damage, and not who wrote it.
    """
    if record.key is None:
        return "unsigned"
    try:
        key = PublicKey.parse(record.key)
        made = base64.b64decode(record.signature, validate=True)
    except (KeyStoreError, binascii.Error, ValueError):
        return "broken"
    if not key.verify(made, _signed_bytes(msgspec.structs.replace(record, signature=""))):
        return "broken"
    return "signed" if keys is None or key in keys else "unknown"


def _signed_bytes(record: Signed) -> bytes:
    return pae(f"application/vnd.gonogo.ledger.{type(record).__name__.lower()}+json", encode(record))


def write(path: Path, record: Signed) -> None:
    """Put the record in its place in one step and on disk."""
    replace(path, encode(record) + b"\n")


def read(path: Path, cls: type[S]) -> S | None:
    """Read a record; None when the file is not there, `LedgerError` when it is damaged."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=cls)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise LedgerError(f"{path} cannot be read: {broken}", mend="gonogo verify says what still holds") from broken


def head_of(directory: Path) -> Head | None:
    """Read the head of one writer."""
    return read(directory / "head.json", Head)


def dropped_of(directory: Path) -> Dropped | None:
    """Read what retention says that it dropped of one writer."""
    return read(directory / "dropped.json", Dropped)


def heads(directory: Path) -> dict[str, str]:
    """Return the head of every writer of a ledger as `<seq>:<hash>`: what a decision publishes."""
    found = {}
    for writer in writers([directory]):
        head = head_of(writer)
        if head is not None:
            found[writer_name(writer)] = head.text
    return found


def parse_published(text: str) -> tuple[int, str]:
    """Read `<seq>:<hash>`; raises `LedgerError`."""
    number, _, digest = text.partition(":")
    if not number.isdecimal() or not number.isascii() or len(digest) != 64:
        raise LedgerError(f"{text!r} is no head: expected <record>:<sha256>", mend="copy it from a decision's `heads`")
    return int(number), digest
