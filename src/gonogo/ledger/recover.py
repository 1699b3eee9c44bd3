"""Where a writer goes on after it was closed, killed, or cut from power.

Everything up to the head was on disk. What lies behind it is a crash's remainder: whole records that continue the chain
are kept, the first byte that does not begin such a record and all that follows is moved aside into a `.torn` file.
Data that ends before the head is no crash, and is not repaired but refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gonogo.errors import LedgerError
from gonogo.ledger.head import Head, Seal, dropped_of, head_of, read
from gonogo.ledger.layout import Segment, segments, sync_directory, writer_name
from gonogo.ledger.lines import genesis, parse


@dataclass
class Tip:
    """The last record: number, hash and append time; and the open segment with its size, None when a new one is due."""

    seq: int
    hash: str
    at: str
    segment: Path | None = None
    size: int = 0


def recover(directory: Path) -> Tip:
    """Find the tip of a writer whose lock is held, cutting off a torn end; raises `LedgerError` for tampering."""
    head, dropped = head_of(directory), dropped_of(directory)
    found = segments(directory, after=dropped.seq if dropped else 0)
    if head is None:
        if found:
            raise _tampered(directory, "its head is missing")
        return Tip(0, genesis(writer_name(directory)), "")
    tip = Tip(head.seq, head.hash, head.at)
    return _walk(directory, tip, head, found)


def _walk(directory: Path, tip: Tip, head: Head, found: list[Segment]) -> Tip:
    names = [segment.beside(".ndjson").relative_to(directory).as_posix() for segment in found]
    if head.seq and head.segment not in names:
        if not found and (dropped := dropped_of(directory)) and (dropped.seq, dropped.hash) == (head.seq, head.hash):
            return tip
        raise _tampered(directory, f"the segment {head.segment} of its head is missing")
    start = names.index(head.segment) if head.seq else 0
    offset = _check_head(directory, head, found[start]) if head.seq else 0
    torn = False
    for segment in found[start:]:
        if torn:
            segment.path.rename(segment.beside(".torn"))
        elif segment.sealed:
            tip.segment = None
        else:
            torn = _continue(tip, segment, offset)
        offset = 0
    return tip


def _check_head(directory: Path, head: Head, segment: Segment) -> int:
    """Hold the head against the end of its data, and return where the remainder begins."""
    if segment.sealed:
        seal = read(segment.beside(".seal.json"), Seal)
        if seal is None or seal.last < head.seq or (seal.last == head.seq and seal.hash != head.hash):
            raise _tampered(directory, f"the seal of {segment.name} does not fit its head")
        return 0
    data = segment.path.read_bytes()[: head.size]
    if len(data) < head.size or not data.endswith(b"\n"):
        raise _tampered(directory, f"{segment.name} ends before record {head.seq}, which its head names")
    last = parse(data[data.rfind(b"\n", 0, -1) + 1 : -1])
    if (last.seq, last.digest) != (head.seq, head.hash):
        raise _tampered(directory, f"record {head.seq} in {segment.name} is not the one that its head names")
    return head.size


def _continue(tip: Tip, segment: Segment, offset: int) -> bool:
    """Move `tip` over the records of the segment from `offset` on; cut what does not continue the chain, and say so."""
    data = segment.path.read_bytes()
    while (end := data.find(b"\n", offset)) >= 0:
        try:
            line = parse(data[offset:end])
        except LedgerError:
            break
        if line.seq != tip.seq + 1 or line.prev != tip.hash:
            break
        tip.seq, tip.hash, tip.at, offset = line.seq, line.digest, max(line.at, tip.at), end + 1
    if offset < len(data):
        _set_aside(segment, data[offset:], offset)
    if offset:
        tip.segment, tip.size = segment.path, offset
    else:
        segment.path.unlink()
    return offset < len(data)


def _set_aside(segment: Segment, torn: bytes, offset: int) -> None:
    with segment.beside(f".{offset}.torn").open("wb") as file:
        file.write(torn)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(segment.path.parent)
    with segment.path.open("rb+") as file:
        file.truncate(offset)
        os.fsync(file.fileno())


def _tampered(directory: Path, what: str) -> LedgerError:
    return LedgerError(
        f"nothing is appended to {directory}: {what}",
        mend="see what still holds with `gonogo verify`, then move the directory away; a new one is begun",
    )
