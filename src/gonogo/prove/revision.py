"""The files of another revision, laid out in a scratch directory. No checkout: filters and hooks never run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gonogo.errors import UsageError
from gonogo.git import git, streamed

_LARGEST = 8 << 20
"""Files above 8 MiB are not laid out; no scanner reads them."""


@contextmanager
def laid_out(root: Path, revision: str) -> Iterator[Path]:
    """Give a directory that holds the regular files of `revision` and knows its history; gone when the block ends.

    Raises `UsageError` where the revision does not exist.
    """
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageError(f"{revision} is no revision of this repository", mend="give a branch, a tag or a commit id")
    with TemporaryDirectory(prefix="gonogo-revision-") as scratch:
        directory = Path(scratch) / root.name
        directory.mkdir()
        for path, blob, size in _files(root, commit.decode().strip()):
            if size <= _LARGEST:
                _write(root, directory / path, blob)
        _give_history(root, directory, commit.decode().strip())
        yield directory


def _give_history(root: Path, directory: Path, commit: str) -> None:
    """Make the scratch directory a repository whose HEAD is the revision, reading its objects from the real one."""
    objects = git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    if objects is None or git(directory, "init", "--quiet", "--template=") is None:
        return
    home = directory / ".git"
    (home / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (home / "objects" / "info" / "alternates").write_bytes(objects)
    (home / "HEAD").write_text(f"{commit}\n")
    if (git(root, "rev-parse", "--show-prefix") or b"").strip():
        return  # only a part of the revision was laid out: an index of the whole would not fit it
    git(directory, "read-tree", commit)


def _files(root: Path, commit: str) -> Iterator[tuple[str, str, int]]:
    prefix = (git(root, "rev-parse", "--show-prefix") or b"").decode().strip()
    listed = git(root, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", prefix or ".") or b""
    for entry in listed.split(b"\0"):
        if not entry:
            continue
        facts, _, name = entry.partition(b"\t")
        mode, kind, blob, size = facts.split()
        path = os.fsdecode(name).removeprefix(prefix)
        if kind == b"blob" and mode != b"120000" and ".." not in Path(path).parts and not Path(path).is_absolute():
            yield path, blob.decode(), int(size)


def _write(root: Path, target: Path, blob: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with streamed(root, "cat-file", "blob", blob) as content, target.open("wb") as file:
        while chunk := content.read(1 << 20):
            file.write(chunk)
