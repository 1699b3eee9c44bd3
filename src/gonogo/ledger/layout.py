"""Where everything lies: a directory per writer, in it one per day, in that one file per segment.

    <ledger>/writer=<id>/ledger.json                        the version of the format
    <ledger>/writer=<id>/head.json                          the signed head
    <ledger>/writer=<id>/dropped.json                       what retention took away, signed
    <ledger>/writer=<id>/day=2026-11-21/<first seq>.ndjson  an open segment, or a full one that waits for sealing
    <ledger>/writer=<id>/day=2026-11-21/<first seq>.parquet and .seal.json: the sealed form

While a segment's `.ndjson` is there, it alone counts: a crash at any step of sealing loses and doubles nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from gonogo.errors import LedgerError, LedgerVersionError
from gonogo.ledger.lines import FORMAT

_WRITER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SEGMENT = re.compile(r"(\d{20})\.(ndjson|parquet)")
_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)")


class _About(msgspec.Struct, frozen=True):
    format: int
    writer: str


@dataclass(frozen=True)
class Segment:
    """One segment in the form that counts."""

    path: Path
    first: int
    day: str

    @property
    def sealed(self) -> bool:
        """Whether it is Parquet."""
        return self.path.suffix == ".parquet"

    @property
    def name(self) -> str:
        """Its place below the writer's directory, for messages."""
        return f"{self.path.parent.name}/{self.path.name}"

    def beside(self, suffix: str) -> Path:
        """Return the path of a companion file, such as `.seal.json`."""
        return self.path.with_name(f"{self.first:020d}{suffix}")


def segment_path(directory: Path, day: str, first: int) -> Path:
    """Return where the open segment that begins with record `first` lies."""
    return directory / f"day={day}" / f"{first:020d}.ndjson"


def check_writer(name: str) -> None:
    """Refuse a writer's name that could leave the ledger's directory."""
    if not _WRITER.fullmatch(name):
        raise LedgerError(f"{name!r} cannot be the name of a writer", mend="use letters, digits and any of . _ -")


def writer_name(directory: Path) -> str:
    """Return the writer's id from the name of its directory."""
    return directory.name.partition("=")[2]


def writers(ledgers: Sequence[Path]) -> list[Path]:
    """Return the directories of every writer in `ledgers`, by name; raises `LedgerError` for what is no directory."""
    found: list[Path] = []
    for ledger in ledgers:
        try:
            found += [path for path in sorted(ledger.iterdir()) if path.name.startswith("writer=") and path.is_dir()]
        except OSError as broken:
            raise LedgerError(
                f"there is no ledger at {ledger}: {broken.strerror}", mend="gonogo check writes one, or mend the path"
            ) from broken
    for path in found:
        check_version(path)
    return found


def check_version(directory: Path) -> None:
    """Raise `LedgerVersionError` for a directory that a newer gonogo wrote, `LedgerError` where that cannot be told."""
    path = directory / "ledger.json"
    try:
        about = msgspec.json.decode(path.read_bytes(), type=_About)
    except FileNotFoundError:
        if any(directory.glob("day=*")):
            raise LedgerError(f"{path} is missing", mend="restore it from a copy of the ledger") from None
        return
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise LedgerError(f"{path} cannot be read: {broken}", mend="restore it from a copy of the ledger") from broken
    if about.format > FORMAT:
        raise LedgerVersionError(
            f"{directory} was written by a newer gonogo (format {about.format}, this one reads up to {FORMAT})",
            mend="pip install --upgrade gonogo",
        )


def describe(directory: Path) -> None:
    """Write `ledger.json` where there is none yet."""
    path = directory / "ledger.json"
    if not path.exists():
        replace(path, msgspec.json.encode(_About(FORMAT, writer_name(directory))) + b"\n")


def segments(directory: Path, *, after: int = 0) -> list[Segment]:
    """Return the segments of one writer by first record, leaving out those that begin at or before `after`."""
    found: dict[tuple[int, str], Segment] = {}
    for day in sorted(directory.glob("day=*")):
        known = _DAY.fullmatch(day.name)
        if known is None or not _is_date(known[1]) or not day.is_dir():
            continue
        for path in sorted(day.iterdir(), reverse=True):
            named = _SEGMENT.fullmatch(path.name)
            if named and int(named[1]) > after:
                # In reverse order .parquet comes first, so that the .ndjson of the same name replaces it.
                found[int(named[1]), known[1]] = Segment(path, int(named[1]), known[1])
    return [found[key] for key in sorted(found)]


def replace(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Put `content` in the place of `path` in one step: a reader sees the old file or the new one, whole."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with scratch.open("wb") as file:
        file.write(content)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    scratch.replace(path)


def sync_directory(path: Path) -> None:
    """Make created, renamed and deleted names of a directory last."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
