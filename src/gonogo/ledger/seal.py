"""Sealing a full segment into Parquet, in a process of its own: `python -m gonogo.ledger.seal WRITER-DIRECTORY`.

The order of the steps makes every one a safe place to die: until the `.ndjson` is deleted it alone counts, and it is
deleted only when the Parquet file was read back, gave the same chain, and lies signed and complete under its name.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from gonogo.errors import GonogoError, LedgerError
from gonogo.ledger import head as heads
from gonogo.ledger.columns import copy_to_parquet, open_select
from gonogo.ledger.layout import Segment, segments, sync_directory, writer_name
from gonogo.ledger.lines import Line, parse, stamp
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.stored import parquet_rows, rebuilt, whole_lines

Step = Callable[[str], None]
STEPS = ("written", "synced", "verified", "sealed", "renamed", "deleted")


def _no_step(_: str) -> None:
    return


def seal_writer(directory: Path, key: SigningKey | None, *, last: bool = False, step: Step = _no_step) -> list[Path]:
    """Seal every full segment of a writer that its head covers and return the Parquet files.

    `last` takes the newest segment too, which only the holder of the writer's lock may ask for. Another sealing process
    at work means that there is nothing to do. Raises `LedgerError` for a segment that does not hold; it is left alone.
    """
    head = heads.head_of(directory)
    with (directory / "seal.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return []
        found = segments(directory)
        todo = [s for s in (found if last else found[:-1]) if not s.sealed]
        return [_seal(segment, directory, head.seq if head else 0, key, step) for segment in todo]


def _seal(segment: Segment, directory: Path, covered: int, key: SigningKey | None, step: Step) -> Path:
    first, last = _ends(segment)
    if last.seq > covered:
        raise LedgerError(f"{segment.path} reaches behind the head of its writer", mend="gonogo verify")
    scratch, target = segment.beside(".parquet.tmp"), segment.beside(".parquet")
    write_parquet(open_select([segment.path]), scratch)
    step("written")
    _fsync(scratch)
    step("synced")
    check_parquet(scratch, first, last)
    step("verified")
    seal = heads.Seal(
        writer=writer_name(directory),
        at=stamp(datetime.now(UTC)),
        first=first.seq,
        last=last.seq,
        prev=first.prev,
        hash=last.digest,
        day=segment.day,
        sha256=file_digest(scratch),
    )
    heads.write(segment.beside(".seal.json"), heads.sign(seal, key))
    step("sealed")
    scratch.replace(target)
    sync_directory(target.parent)
    step("renamed")
    segment.path.unlink()
    sync_directory(target.parent)
    step("deleted")
    return target


def _ends(segment: Segment) -> tuple[Line, Line]:
    """Walk the chain of an open segment and return its first and last record; raises `LedgerError` where it breaks."""
    first = last = None
    for raw in whole_lines(segment.path):
        line = parse(raw)
        if last is not None and (line.seq, line.prev) != (last.seq + 1, last.digest):
            raise LedgerError(f"{segment.path}: record {line.seq} does not follow {last.seq}", mend="gonogo verify")
        first, last = first or line, line
    if first is None or last is None or first.seq != segment.first:
        raise LedgerError(f"{segment.path} does not begin with record {segment.first}", mend="gonogo verify")
    return first, last


def write_parquet(select: str, target: Path, *, threads: int = 1) -> None:
    """Write the rows of `select` as a sealed segment's file; raises `LedgerError`. One thread spares the app."""
    import duckdb

    connection = duckdb.connect(config={"threads": str(threads), "memory_limit": "1GB", "temp_directory": ""})
    try:
        connection.execute(copy_to_parquet(select, target))
    except duckdb.Error as broken:
        raise LedgerError(f"{target} cannot be written: {broken}", mend="free some space on that disk") from broken
    finally:
        connection.close()


def check_parquet(path: Path, first: Line, last: Line) -> None:
    """Rebuild every line from the file and hold the chain against the original; raises `LedgerError`."""
    prev, expected, digest = first.prev, first.seq, ""
    for seq, at, stored, fact in parquet_rows(path):
        line = rebuilt(seq, prev, at, fact)
        if seq != expected or line.digest != stored:
            raise LedgerError(f"{path}: record {seq} did not survive the change of form", mend="report it")
        prev, expected, digest = stored, seq + 1, stored
    if (expected - 1, digest) != (last.seq, last.digest):
        raise LedgerError(f"{path} does not end like the segment that it was made from", mend="report it")


def file_digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fsync(path: Path) -> None:
    opened = os.open(path, os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def main(arguments: list[str] | None = None, step: Step = _no_step) -> int:
    """Seal one writer's directory; 0 when done, 2 with a line on standard error when not."""
    parser = argparse.ArgumentParser(
        prog="python -m gonogo.ledger.seal", description="Seal full segments into Parquet."
    )
    parser.add_argument("directory", type=Path, help="a writer's directory")
    parser.add_argument("--key-from-stdin", action="store_true", help="sign with the PEM key on standard input")
    given = parser.parse_args(arguments)
    try:
        pem = sys.stdin.buffer.read() if given.key_from_stdin else b""
        seal_writer(given.directory, SigningKey.from_pem("sealing", pem) if pem else None, step=step)
    except (GonogoError, OSError) as broken:
        sys.stderr.write(f"{broken}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
