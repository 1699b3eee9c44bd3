"""Reading segments back as records, whichever form they have: never trusting a byte of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from gonogo.errors import LedgerError
from gonogo.ledger.columns import file_list
from gonogo.ledger.layout import Segment
from gonogo.ledger.lines import Line, frame, parse
from gonogo.ledger.wanted import ALL, Wanted

_ROWS = 8192


def whole_lines(path: Path) -> Iterator[bytes]:
    """Yield every line of an open segment that has its line end; a torn last one was never acknowledged."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


def parquet_rows(path: Path, wanted: Wanted = ALL) -> Iterator[tuple[int, str, str, bytes]]:
    """Yield number, append time, stored hash and fact of the rows, in file order; `LedgerError` for a broken file."""
    import duckdb  # 40 MB that only sealed segments need

    connection = duckdb.connect(config={"threads": "1", "memory_limit": "512MB", "temp_directory": ""})
    try:
        rows = connection.execute(
            "SELECT seq, strftime(appended_at, '%Y-%m-%dT%H:%M:%S.%fZ'), hex(hash), fact "  # noqa: S608
            f"FROM read_parquet({file_list([path])}, hive_partitioning = false){wanted.where}"
        )
        while batch := rows.fetchmany(_ROWS):
            for seq, at, digest, fact in batch:
                yield int(seq), at or "", (digest or "").lower(), (fact or "").encode()
    except (duckdb.Error, ValueError, TypeError) as broken:
        raise LedgerError(f"{path} cannot be read: {str(broken).splitlines()[0]}", mend="gonogo verify") from broken
    finally:
        connection.close()


def records(segment: Segment, wanted: Wanted = ALL) -> Iterator[Line]:
    """Yield the records of a segment that may be `wanted`, for readers who leave judging the chain to `verify`.

    A segment that is sealed meanwhile is read in its new form. Raises `LedgerError` for what is no record.
    """
    try:
        lines = None if segment.sealed else whole_lines(segment.path)
        first = next(lines, None) if lines is not None else None
    except FileNotFoundError:
        segment, lines, first = Segment(segment.beside(".parquet"), segment.first, segment.day), None, None
    if lines is None:
        for seq, at, digest, fact in parquet_rows(segment.path, wanted):
            yield Line(seq, "", at, fact, digest)
        return
    for line in chain(() if first is None else (first,), lines):
        found = _parsed(line, segment)  # each line, so that damage is met whatever is asked for
        if wanted.may_hold(found.fact):
            yield found


def rebuilt(seq: int, prev: str, at: str, fact: bytes) -> Line:
    """Return the line that a sealed row was made from, with the hash that it really has."""
    _, digest = frame([fact], seq, prev, at)
    return Line(seq, prev, at, fact, digest)


def _parsed(line: bytes, segment: Segment) -> Line:
    try:
        return parse(line)
    except LedgerError as broken:
        raise LedgerError(f"{segment.path}: {broken.message}", mend="gonogo verify") from broken
