"""The texts that are searched for secrets: each file as it lies on disk, each stretch of lines that history added."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gonogo.prove.parts import matches
from gonogo.prove.scan.languages import BINARY, LOCK_NAMES
from gonogo.prove.subject import as_text, files_of

MAX_FILE_BYTES = 20_000_000
"""Larger files are data; they are counted and said, not searched."""


@dataclass
class Page:
    """A text to search, and where its lines come from: (first line in the page, path, line there, commit or None)."""

    text: str
    suffix: str
    stretches: list[tuple[int, str, int, str | None]] = field(default_factory=list)

    def place(self, line: int) -> tuple[str, int, str | None]:
        """Return path, line and commit of a 1-based line of the page."""
        first, path, there, commit = self.stretches[bisect_right(self.stretches, line, key=lambda s: s[0]) - 1]
        return path, there + line - first, commit


def of_tree(root: Path, exclude: Sequence[str], skipped: list[str]) -> Iterator[Page]:
    """Give every text file that git does not ignore, generated ones too; names too large ones in `skipped`."""
    for path in files_of(root):
        if unsearched(path) or any(matches(path, glob) for glob in exclude):
            continue
        text = _read(root / path, path, skipped)
        if text:
            yield Page(text, PurePosixPath(path).suffix[:12], [(1, as_text(path), 1, None)])


def unsearched(path: str) -> bool:
    """Tell whether a path holds nothing that a person writes: binary formats, and lock files with their many hashes."""
    name = path.rpartition("/")[2]
    return name in LOCK_NAMES or ("." in name and name.rpartition(".")[2].lower() in BINARY)


def _read(place: Path, path: str, skipped: list[str]) -> str:
    try:
        if place.is_symlink() or not place.is_file():
            return ""
        if place.stat().st_size > MAX_FILE_BYTES:
            skipped.append(as_text(path))
            return ""
        data = place.read_bytes()
    except OSError:
        skipped.append(as_text(path))
        return ""
    return "" if b"\0" in data[:8192] else readable(path, data.decode(errors="replace"))


def readable(path: str, text: str) -> str:
    """Return the text with the quotes of a notebook's JSON strings as its author wrote them; lines stay the same."""
    return text.replace('\\"', '"') if path.endswith(".ipynb") else text
