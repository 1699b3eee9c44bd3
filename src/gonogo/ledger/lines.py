"""The framing of a record: one line of canonical JSON that carries its number and the hash of the line before it.

    {"seq":7,"prev":"<sha256 of line 6>","at":"2026-11-21T02:31:51.123456Z","fact":{...}}

`at` is when the record was appended, in UTC with six decimals; within one writer it never decreases. The key order and
spacing are fixed, so a line can be rebuilt byte for byte from its four values and its hash holds in every storage form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Union

import msgspec

from gonogo.errors import LedgerError
from gonogo.facts import Fact, fact_types

FORMAT = 1
"""The version of everything that stands in a writer's directory."""

_LINE = re.compile(
    rb'\{"seq":([1-9][0-9]{0,18}),"prev":"([0-9a-f]{64})","at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)","fact":(\{.*\})\}',
    re.DOTALL,
)
_sha256 = hashlib.sha256


class Line(msgspec.Struct, frozen=True):
    """One parsed record; `fact` is the exact text of the fact and `digest` the hash of the whole line."""

    seq: int
    prev: str
    at: str
    fact: bytes
    digest: str


def genesis(writer: str) -> str:
    """Return what stands for the hash before the first record of `writer`."""
    return _sha256(b"gonogo ledger %d %b" % (FORMAT, writer.encode())).hexdigest()


def stamp(moment: datetime) -> str:
    """Return `moment` as `at` writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def frame(bodies: Iterable[bytes], seq: int, prev: str, at: str) -> tuple[list[bytes], str]:
    """Return one line per encoded fact, numbered from `seq` on and chained to `prev`, and the hash of the last."""
    lines: list[bytes] = []
    link, moment = prev.encode(), at.encode()
    for body in bodies:
        line = b'{"seq":%d,"prev":"%b","at":"%b","fact":%b}' % (seq, link, moment, body)
        link = _sha256(line).hexdigest().encode()
        lines.append(line)
        seq += 1
    return lines, link.decode()


def parse(line: bytes) -> Line:
    """Read one line (without its line end); raises `LedgerError` where it is no record."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise LedgerError(f"not a record of the ledger: {line[:60]!r}")
    seq, prev, at, fact = found.groups()
    return Line(int(seq), prev.decode(), at.decode(), fact, _sha256(line).hexdigest())


def fact_of(line: Line) -> Fact | None:
    """Return the fact of a record; None for a kind that is not installed here, `LedgerError` for a fact that is broken.

    A kind of a plugin or of a newer gonogo can serve no check that runs here, so it is left out, not an error.
    """
    try:
        fact: Fact = _decoder(tuple(fact_types())).decode(line.fact)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        if _kind(line.fact) in {str(cls.__struct_config__.tag) for cls in fact_types()}:
            raise LedgerError(f"record {line.seq}: its fact cannot be read: {broken}", mend="gonogo verify") from broken
        return None
    return fact


class _Tagged(msgspec.Struct):
    kind: str = ""


def _kind(fact: bytes) -> str:
    try:
        return msgspec.json.decode(fact, type=_Tagged).kind
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise LedgerError(f"a record holds no JSON: {fact[:60]!r}", mend="gonogo verify") from broken


@cache
def _decoder(types: tuple[type[Fact], ...]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Union[types])  # noqa: UP007  (a runtime union of a tuple)
