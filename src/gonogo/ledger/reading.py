"""Reading facts back from any number of ledgers, in the order in which they were appended."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from gonogo.facts import Fact
from gonogo.ledger.head import dropped_of, head_of
from gonogo.ledger.layout import Segment, segments, writer_name, writers
from gonogo.ledger.lines import Line, fact_of
from gonogo.ledger.stored import records
from gonogo.ledger.wanted import Wanted


def read(directories: Sequence[Path], *, kinds: Collection[str] = (), runs: Collection[str] = ()) -> Iterator[Fact]:
    """Yield the facts of the ledgers in append order; a writer that stands in several is read once, from the longest.

    Where `kinds` or `runs` are given, only facts of those kinds, or of those runs, are yielded, and of sealed segments
    only they are read. Facts of kinds that are not installed here are left out. Raises `LedgerError` for a missing
    directory or a damaged record. The chain is not judged here: `verify` first where the ledger came from elsewhere.
    """
    wanted = Wanted(kinds, runs)
    streams = [_writer_lines(directory, wanted) for directory in longest(directories).values()]
    for line in heapq.merge(*streams, key=lambda line: line.at):
        fact = fact_of(line)
        if fact is not None and wanted.holds(fact):
            yield fact


def holds(directories: Sequence[Path], head: str) -> bool:
    """Tell whether `<seq>:<hash>` was the head of a writer at some time: a record of it has that number and hash."""
    seq, _, digest = head.partition(":")
    if not (seq.isascii() and seq.isdigit()):
        return False
    for directory in longest(directories).values():
        kept = [segment for segment in kept_segments(directory) if segment.first <= int(seq)]
        for segment in kept[-1:]:
            if any(line.seq == int(seq) and line.digest == digest for line in records(segment)):
                return True
    return False


def longest(ledgers: Sequence[Path]) -> dict[str, Path]:
    """Return one directory per writer: where copies of a writer are given, the one whose head is furthest."""
    found: dict[str, tuple[int, Path]] = {}
    for directory in writers(ledgers):
        name, head = writer_name(directory), head_of(directory)
        reach = head.seq if head else 0
        if name not in found or reach > found[name][0]:
            found[name] = reach, directory
    return {name: directory for name, (_, directory) in found.items()}


def kept_segments(directory: Path) -> list[Segment]:
    """Return the segments of a writer that retention has not dropped."""
    dropped = dropped_of(directory)
    return segments(directory, after=dropped.seq if dropped else 0)


def _writer_lines(directory: Path, wanted: Wanted) -> Iterator[Line]:
    for segment in kept_segments(directory):
        yield from records(segment, wanted)
