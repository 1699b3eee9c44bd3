"""One segment held against itself: which records it has, in which order, and whether each is the one that was written.

A record's hash stands in the record after it, and in Parquet beside it: so a changed record is named by its neighbour,
and everything else goes on being checked behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from gonogo.errors import LedgerError
from gonogo.ledger.head import Seal, read
from gonogo.ledger.layout import Segment
from gonogo.ledger.lines import parse
from gonogo.ledger.problem import Kind, Problem, numbers
from gonogo.ledger.stored import parquet_rows, rebuilt, whole_lines

Note = Callable[[Kind, int | None, str], None]
"""Notes a problem: its kind, the record, a sentence."""


@dataclass
class Entry:
    """One record as it stands: `prev` is what it says of the one before, `digest` the hash that it really has."""

    seq: int
    prev: str
    at: str
    digest: str
    stored: str | None = None


@dataclass
class Inspected:
    """What a segment turned out to hold, in the order of its numbers. `sound` is false when any problem was found."""

    segment: Segment
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seal: Seal | None = None
    elsewhere: bool = False
    """Whether every record was appended on another day than that of its directory."""

    def condense(self) -> None:
        """Keep only the first and the last entry: a month of records does not fit into memory."""
        self.elsewhere = all(entry.at[:10] != self.segment.day for entry in self.entries)
        self.entries = [*self.entries[:1], *self.entries[-1:]]

    @property
    def sound(self) -> bool:
        """Whether the segment holds together."""
        return not self.problems


def inspect(segment: Segment, writer: str) -> Inspected:
    """Read a whole segment and check it on its own."""
    found = Inspected(segment)

    def problem(kind: Kind, seq: int | None, detail: str) -> None:
        found.problems.append(Problem(kind=kind, writer=writer, segment=segment.name, seq=seq, detail=detail))

    try:
        found.seal = read(segment.beside(".seal.json"), Seal) if segment.sealed else None
        if segment.sealed and found.seal is None:
            problem("unreadable", None, "its seal file is missing")
            return found
        garbled = set(_fill(found, problem))
    except FileNotFoundError as gone:
        if not segment.sealed and segment.beside(".parquet").exists():
            return inspect(Segment(segment.beside(".parquet"), segment.first, segment.day), writer)
        problem("unreadable", None, str(gone))
        return found
    except (LedgerError, OSError) as broken:
        problem("unreadable", None, broken.message if isinstance(broken, LedgerError) else str(broken))
        return found
    _check_order(found, garbled, problem)
    _check_chain(found, garbled, problem)
    return found


def _fill(found: Inspected, problem: Note) -> Iterator[int]:
    """Read the entries; yield the number that an unreadable line would have by its place."""
    if found.seal is not None:
        found.entries = _sealed_entries(found, found.seal, problem)
        return
    expected = found.segment.first
    for raw in whole_lines(found.segment.path):
        try:
            line = parse(raw)
        except LedgerError:
            problem("changed", expected, f"record {expected} is not a record any more: {raw[:40]!r}")
            yield expected
            expected += 1
            continue
        found.entries.append(Entry(line.seq, line.prev, line.at, line.digest))
        expected = line.seq + 1


def _sealed_entries(found: Inspected, seal: Seal, problem: Note) -> list[Entry]:
    """Rebuild the line of every row; a row whose predecessor is missing is taken as it says it is."""
    rows = list(parquet_rows(found.segment.path))
    stored = {seq: digest for seq, _, digest, _ in rows}
    if rows and seal.first not in stored and not any(seal.first < seq <= seal.last for seq in stored):
        problem("swapped-segment", None, f"its seal is for {numbers(seal.first, seal.last)}, it holds others")
        return [Entry(seq, "", at, digest, digest) for seq, at, digest, _ in rows]
    entries = []
    for seq, at, digest, fact in rows:
        prev = seal.prev if seq == seal.first else stored.get(seq - 1)
        real = digest if prev is None else rebuilt(seq, prev, at, fact).digest
        entries.append(Entry(seq, prev or "", at, real, digest))
    return entries


def _check_order(found: Inspected, garbled: set[int], problem: Note) -> None:
    """Find records out of order, twice, or missing; leave the entries sorted and single."""
    entries = found.entries
    for before, entry in pairwise(entries):
        if entry.seq < before.seq:
            problem("reordered", entry.seq, f"record {entry.seq} stands behind record {before.seq}")
            break
    entries.sort(key=lambda entry: entry.seq)
    single: list[Entry] = []
    for entry in entries:
        if single and single[-1].seq == entry.seq:
            problem("repeated", entry.seq, f"record {entry.seq} stands there twice")
        else:
            single.append(entry)
    found.entries = single
    for before, entry in pairwise(single):
        missing = [n for n in range(before.seq + 1, min(entry.seq, before.seq + 10**6)) if n not in garbled]
        if missing:
            problem("dropped", missing[0], f"{numbers(missing[0], missing[-1])} missing")


def _check_chain(found: Inspected, garbled: set[int], problem: Note) -> None:
    """Find records whose hash is not the one that was recorded, and times that run backwards."""
    for before, entry in pairwise(found.entries):
        follows = entry.seq == before.seq + 1
        if follows and before.stored is None and entry.prev != before.digest:
            problem(
                "changed", before.seq, f"record {before.seq} does not have the hash that record {entry.seq} recorded"
            )
        if entry.at < before.at and before.seq not in garbled:
            problem(
                "back-dated",
                entry.seq,
                f"record {entry.seq} says {entry.at}, before record {before.seq} at {before.at}",
            )
    for entry in found.entries:
        if entry.stored is not None and entry.digest != entry.stored:
            problem("changed", entry.seq, f"record {entry.seq} does not have the hash that stands beside it")
