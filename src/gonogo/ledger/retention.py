"""Retention: whole days are dropped from the beginning of every chain, and what was dropped is signed for.

The signed note and the seals of the dropped segments stay: with them `verify` tells retention from tampering, and a
head that was published at a sealing can still be held against its seal.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

from gonogo.errors import LedgerError
from gonogo.ledger import head as heads
from gonogo.ledger.claim import cannot_write, claim
from gonogo.ledger.layout import Segment, segments, writer_name, writers
from gonogo.ledger.lines import stamp
from gonogo.ledger.seal import seal_writer
from gonogo.ledger.signature import SigningKey


def drop_before(ledger: Path, day: date, key: SigningKey | None = None) -> int:
    """Drop all records that were appended before `day` (UTC) and return how many.

    Each writer must be at rest: a running one is refused with `LedgerError`. Days are sealed first, which checks their
    chain; a day that does not hold is not dropped but raised as `LedgerError`.
    """
    return sum(_drop(ledger, writer, day, key) for writer in writers([ledger]))


def _drop(ledger: Path, directory: Path, day: date, key: SigningKey | None) -> int:
    _, lock = claim(ledger, writer_name(directory))
    try:
        known = heads.dropped_of(directory)
        begin = known.seq if known else 0
        old = [s for s in segments(directory, after=begin) if s.day < day.isoformat()]
        if old:
            seal_writer(directory, key, last=True)
            begin = _note(directory, [_sealed(segment) for segment in old], day, key) - begin
        _delete(directory)
        return begin if old else 0
    except OSError as broken:
        raise cannot_write(directory, broken) from broken
    finally:
        os.close(lock)


def _sealed(segment: Segment) -> heads.Seal:
    seal = heads.read(segment.beside(".seal.json"), heads.Seal)
    if seal is None:
        raise LedgerError(f"{segment.path} has no seal", mend="gonogo verify")
    return seal


def _note(directory: Path, seals: list[heads.Seal], day: date, key: SigningKey | None) -> int:
    """Write what will be gone, before it is: a crash in between leaves files that count no more."""
    last = seals[-1]
    note = heads.Dropped(
        writer=writer_name(directory),
        at=stamp(datetime.now(UTC)),
        seq=last.last,
        hash=last.hash,
        before=day.isoformat(),
    )
    heads.write(directory / "dropped.json", heads.sign(note, key))
    return last.last


def _delete(directory: Path) -> None:
    known = heads.dropped_of(directory)
    for segment in segments(directory):
        if known is not None and segment.first <= known.seq:
            segment.path.unlink()
