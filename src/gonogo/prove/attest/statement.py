"""The form of a signed statement: an in-toto statement in a DSSE envelope, with a predicate of ours.

The author's key id and the time stand inside what is signed, so neither can be changed by reordering signatures.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from gonogo.errors import StatementError
from gonogo.facts import encode

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
DIRECTORY = "gonogo/statements"
"""Where statements lie in the user's repository."""
CONTROL_ID = re.compile(r"[a-z0-9-]{1,60}\.[a-z0-9-]{1,80}")


class Attested(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's statement about a control. `fingerprints` are those of the parts that it depends on, when signed."""

    control: str
    statement: str
    author: str
    signed_at: datetime
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    artifact: str | None = None
    role: str = ""
    fingerprints: dict[str, str] = msgspec.field(default_factory=dict)


class Waived(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A failing control is accepted through the last second, in UTC, of the day `expires`."""

    control: str
    owner: str
    reason: str
    compensation: str
    expires: date
    author: str
    signed_at: datetime


class Approved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person verified the evidence with the digest `evidence`, or accepts the law with the digest `law`.

    `subject` is the commit or the tree digest that it is for.
    """

    subject: str
    author: str
    signed_at: datetime
    evidence: str | None = None
    law: str | None = None
    statement: str = ""


Predicate = Attested | Waived | Approved
TYPES: dict[str, type[Predicate]] = {
    "urn:gonogo:attestation:1": Attested,
    "urn:gonogo:waiver:1": Waived,
    "urn:gonogo:approval:1": Approved,
}
NAMES = {cls: name for name, cls in TYPES.items()}
P = TypeVar("P", Attested, Waived, Approved)


class Named(msgspec.Struct, frozen=True):
    """An in-toto resource: a name and its digests."""

    name: str
    digest: dict[str, str]


class _InToto(msgspec.Struct, frozen=True, rename="camel"):
    kind: str = msgspec.field(name="_type")
    subject: tuple[Named, ...]
    predicate_type: str
    predicate: Any


def payload_of(predicate: Predicate, artifact: bytes | None = None) -> bytes:
    """Return the canonical JSON of an in-toto statement about the artefact, or about what the predicate names."""
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [msgspec.to_builtins(_subject(predicate, artifact))],
        "predicateType": NAMES[type(predicate)],
        "predicate": msgspec.to_builtins(predicate),
    }
    return encode(statement)


def _subject(predicate: Predicate, artifact: bytes | None) -> Named:
    if isinstance(predicate, Attested) and artifact is not None:
        return Named(predicate.artifact or "", {"sha256": hashlib.sha256(artifact).hexdigest()})
    name = predicate.subject if isinstance(predicate, Approved) else predicate.control
    return Named(name, {"sha256": hashlib.sha256(encode(predicate)).hexdigest()})


def read_payload(payload_type: str, payload: bytes, path: str) -> tuple[Predicate, Named]:
    """Read what was signed; raises `StatementError` for `path` where it is not one of our statements."""
    if payload_type != PAYLOAD_TYPE:
        raise StatementError(f"holds {payload_type[:80]!r}, not an in-toto statement", path=path, mend=_MOVE)
    try:
        outer = msgspec.json.decode(payload, type=_InToto)
        kind = TYPES.get(outer.predicate_type)
        if outer.kind != STATEMENT_TYPE or kind is None or len(outer.subject) != 1:
            raise StatementError(f"states {outer.predicate_type[:80]!r}, none of gonogo's", path=path, mend=_MOVE)
        predicate = msgspec.convert(outer.predicate, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise StatementError(f"is no statement of gonogo: {wrong}", path=path, mend=_AGAIN) from wrong
    if predicate.signed_at.tzinfo is None:
        raise StatementError("has a time without a zone", path=path, key="signed_at", mend=_AGAIN)
    if not isinstance(predicate, Approved) and not CONTROL_ID.fullmatch(predicate.control):
        raise StatementError("names no control", path=path, key="control", mend=_AGAIN)
    return predicate, outer.subject[0]


_MOVE = f"keep other files out of {DIRECTORY}, or in a directory below it"
_AGAIN = "restore the file from git, or sign the statement again with `gonogo attest`"
