"""Every line that git's history ever added, read as one bounded stream of diffs. Nothing is checked out or executed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from gonogo.git import git, streamed
from gonogo.prove.parts import matches
from gonogo.prove.scan.pages import Page, readable, unsearched

MAX_BYTES = 200_000_000
MAX_SECONDS = 60.0
PAGE_CHARACTERS = 1_000_000

_ARGS = (
    "log", "--all", "-p", "-U0", "--cc", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--no-notes",
    "--src-prefix=a/", "--dst-prefix=b/", "--relative", "--format=%x00%H", "--", ".",
)  # fmt: skip
_HUNK = re.compile(rb"^(@@+) .*\+(\d+)(?:,\d+)? @@+")
_COMMIT = re.compile(rb"^\0([0-9a-f]{40,64})$")

Extent = Literal["full", "partial", "shallow", "none"]


@dataclass
class Seen:
    """How much of the history was read: commits, and whether a bound cut it short."""

    commits: int = 0
    cut: bool = False
    git: bool = True


def extent(root: Path, seen: Seen) -> Extent:
    """Say how much of the history `seen` covers."""
    if not seen.git or not seen.commits:
        return "none"
    if (git(root, "rev-parse", "--is-shallow-repository") or b"").strip() != b"false":
        return "shallow"
    return "partial" if seen.cut else "full"


def pages(root: Path, exclude: Sequence[str], seen: Seen) -> Iterator[Page]:
    """Give the added lines of all commits as pages of about a million characters; counts in `seen`."""
    if git(root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        seen.git = False
        return
    page = Page("", ".txt")
    parts: list[str] = []
    lines, size = 0, 0
    for commit, path, line, text in _added(root, exclude, seen):
        last = page.stretches[-1] if page.stretches else None
        if last is None or last[1:] != (path, line - (lines + 1 - last[0]), commit):
            page.stretches.append((lines + 1, path, line, commit))
        parts.append(text)
        lines, size = lines + 1, size + len(text)
        if size > PAGE_CHARACTERS:
            yield Page("\n".join(parts), ".txt", page.stretches)
            page, parts, lines, size = Page("", ".txt"), [], 0, 0
    if parts:
        yield Page("\n".join(parts), ".txt", page.stretches)


def _added(root: Path, exclude: Sequence[str], seen: Seen) -> Iterator[tuple[str, str, int, str]]:
    """Give commit, path, line number and text of each added line."""
    with streamed(root, *_ARGS) as stream:
        yield from _parsed(_bounded(stream, seen), exclude, seen)


def _bounded(stream: IO[bytes], seen: Seen) -> Iterator[bytes]:
    until, size = time.monotonic() + MAX_SECONDS, 0
    for count, line in enumerate(stream):
        size += len(line)
        if size > MAX_BYTES or (count % 1024 == 0 and time.monotonic() > until):
            seen.cut = True
            return
        yield line


def _parsed(lines: Iterator[bytes], exclude: Sequence[str], seen: Seen) -> Iterator[tuple[str, str, int, str]]:
    commit, path, number, parents, header = "", "", 0, 1, True
    for raw in lines:
        line = raw.rstrip(b"\r\n")
        if path and not header and line.startswith(b"+" * parents):
            yield commit, path, number, readable(path, line[parents:].decode(errors="replace").replace("\r", " "))
            number += 1
        elif line.startswith(b"\0") and (start := _COMMIT.match(line)):
            commit, header, path = start.group(1).decode(), True, ""
            seen.commits += 1
        elif line.startswith(b"diff --"):
            header, path = True, ""
        elif header and line.startswith(b"+++ "):
            path = _path(line[4:], exclude)
        elif line.startswith(b"@@") and (hunk := _HUNK.match(line)):
            number, parents, header = int(hunk.group(2)), len(hunk.group(1)) - 1, False
        elif path and not header and parents > 1 and line[:1] in (b"+", b" ") and b"-" not in line[:parents]:
            number += 1


def _path(named: bytes, exclude: Sequence[str]) -> str:
    """The path of a `+++` line, empty for a deleted file and for what is not searched."""
    text = named.decode(errors="replace").rstrip("\t")
    if text.startswith('"'):
        text = text[1:-1].encode().decode("unicode_escape", errors="replace")
    path = text.removeprefix("b/")
    if text == "/dev/null" or unsearched(path) or any(matches(path, glob) for glob in exclude):
        return ""
    return path
