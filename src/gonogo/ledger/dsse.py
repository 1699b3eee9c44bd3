"""DSSE v1 envelopes: bytes, their type, and the signatures over both.

A signature covers the pre-authentication encoding (`pae`) of type and payload, never the JSON around it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

import msgspec

from gonogo.errors import VerificationError
from gonogo.ledger.signature import PublicKey, SigningKey


class _Signature(msgspec.Struct, frozen=True):
    sig: str
    keyid: str = ""


class _Wire(msgspec.Struct, frozen=True, rename="camel"):
    payload_type: str
    payload: str
    signatures: tuple[_Signature, ...] = ()


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: version, type and payload, each with its length in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A payload with its signatures, as (key id, signature) pairs in the order they were made."""

    payload: bytes
    payload_type: str
    signatures: tuple[tuple[str, bytes], ...] = ()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys that claim to have signed: a hint, not proof; ask `signed_by`."""
        return tuple(key for key, _ in self.signatures)

    def signed_by(self, key: PublicKey) -> bool:
        """Tell whether one of the signatures is `key`'s and holds."""
        data = pae(self.payload_type, self.payload)
        return any(claimed in (key.id, "") and key.verify(made, data) for claimed, made in self.signatures)

    def countersign(self, key: SigningKey) -> Envelope:
        """Return the envelope with a signature by `key` added; unchanged where it has signed already."""
        if self.signed_by(key.public):
            return self
        made = (key.id, key.sign(pae(self.payload_type, self.payload)))
        return msgspec.structs.replace(self, signatures=(*self.signatures, made))

    def encode(self) -> bytes:
        """Return the JSON form, ending with a line end."""
        wire = _Wire(
            payload_type=self.payload_type,
            payload=base64.b64encode(self.payload).decode(),
            signatures=tuple(_Signature(base64.b64encode(made).decode(), key) for key, made in self.signatures),
        )
        return msgspec.json.format(msgspec.json.encode(wire), indent=2) + b"\n"


def seal(payload: bytes, payload_type: str, keys: Iterable[SigningKey]) -> bytes:
    """Sign `payload` with every key and return the envelope as JSON."""
    envelope = Envelope(payload=payload, payload_type=payload_type)
    for key in keys:
        envelope = envelope.countersign(key)
    return envelope.encode()


def parse(data: bytes) -> Envelope:
    """Read an envelope; raises `VerificationError` where it is none. No signature is verified here."""
    try:
        wire = msgspec.json.decode(data, type=_Wire)
        signatures = tuple((one.keyid, _bytes(one.sig)) for one in wire.signatures)
        return Envelope(payload=_bytes(wire.payload), payload_type=wire.payload_type, signatures=signatures)
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as broken:
        raise VerificationError(
            f"this is no DSSE envelope: {broken}", mend="restore the file as it was signed, from git or from its author"
        ) from broken


def _bytes(text: str) -> bytes:
    """Decode base64; the specification lets a signer choose the standard or the URL-safe alphabet."""
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
