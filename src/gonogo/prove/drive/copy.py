"""A throw-away copy of the system's directory: what the app writes, deletes or breaks is never the user's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from gonogo.errors import CollectError

SHARED = frozenset({".venv", "venv", "node_modules", "env", ".tox", ".nox", "vendor", "target", "dist-packages"})
"""Directories of installed programs: shown to the app as they are, read-only, and never copied."""

LEFT_OUT = frozenset({".git", ".gonogo", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""What no running app needs."""

MAX_BYTES = 2 << 30

_SAMPLES = ("example", "sample", "template", "dist")
"""What names of `.env` files end in when they only show what belongs there."""


def copied(root: Path, target: Path) -> tuple[list[Path], list[str]]:
    """Copy `root` to `target`; return directories that are to be shown read-only, and files that were kept out.

    `.env` files are kept out, as they hold real credentials, and what may not be read. Links are copied as links. Paths
    are relative to `root`. Raises `CollectError` where the directory is too large.
    """
    shared: list[Path] = []
    kept_out: list[str] = []
    size = 0
    for directory, names, files in os.walk(root, followlinks=False):
        here = Path(directory).relative_to(root)
        (target / here).mkdir(exist_ok=True, parents=True)
        for name in [n for n in names if _is_shared(Path(directory) / n, here)]:
            shared.append(here / name)
            (target / here / name).mkdir()
        links = [n for n in names if (Path(directory) / n).is_symlink()]
        gone = {p.name for p in shared if p.parent == here} | LEFT_OUT | set(links)
        names[:] = [n for n in names if n not in gone]
        for name in (*files, *links):
            source = Path(directory) / name
            if _is_secret(name) or not (source.is_symlink() or os.access(source, os.R_OK)):
                kept_out.append((here / name).as_posix())
                continue
            size += _one(source, target / here / name)
            if size > MAX_BYTES:
                raise CollectError(
                    f"{root} holds more than {MAX_BYTES >> 30} GB, too much to copy",
                    mend="give the system a directory of its own by `path:` in gonogo.yaml",
                )
    return shared, kept_out


def _is_secret(name: str) -> bool:
    return (name == ".env" or name.startswith(".env.")) and name.rpartition(".")[2] not in _SAMPLES


def _is_shared(place: Path, here: Path) -> bool:
    return not place.is_symlink() and place.name in SHARED and (place.name != "target" or here == Path())


def _one(source: Path, target: Path) -> int:
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return 0
    if not source.is_file():
        return 0  # a socket, a pipe, a device: the app makes its own
    shutil.copy2(source, target)
    return target.stat().st_size


def state(root: Path) -> dict[str, tuple[int, int]]:
    """Return size and change time (ns) of every file below `root`, by relative path; links by their own."""
    return dict(_states(root))


def _states(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for directory, names, files in os.walk(root, followlinks=False):
        names[:] = [n for n in names if n not in SHARED and n not in LEFT_OUT]
        for name in files:
            place = Path(directory) / name
            try:
                found = place.lstat()
            except OSError:
                continue
            yield place.relative_to(root).as_posix(), (found.st_size, found.st_mtime_ns)


def changes(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Yield (path, created | changed | deleted), sorted by path."""
    for path in sorted(before.keys() | after.keys()):
        if path not in before:
            yield path, "created"
        elif path not in after:
            yield path, "deleted"
        elif before[path] != after[path]:
            yield path, "changed"
