"""Where gonogo.yaml is read from: the working tree, a git revision, an installed package. Each confines reading."""

from __future__ import annotations

import os
import posixpath
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Protocol

from gonogo.errors import UsageError
from gonogo.system import git
from gonogo.system.document import MAX_BYTES
from gonogo.system.problems import one

FILE = "gonogo.yaml"


class Source(Protocol):
    """A place that holds files under relative paths with forward slashes."""

    def label(self, path: str) -> str:
        """Return how messages name a file of it."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content, None where it is not there; raise `SystemFileError` where it may not be read."""
        ...

    def names(self, directory: str) -> list[str]:
        """Return the sorted paths of the files directly in a directory."""
        ...


@dataclass(frozen=True)
class Tree:
    """A directory. `prefix` stands before its paths in messages; without one, paths are told from `start` on."""

    root: Path
    prefix: str = ""
    start: Path | None = None

    def label(self, path: str) -> str:
        """Return the path as the user would write it."""
        if self.prefix:
            return posixpath.normpath(posixpath.join(self.prefix, path))
        return Path(os.path.relpath(self.root / path, self.start)).as_posix() if self.start else path

    def read(self, path: str) -> bytes | None:
        """Return a file's content; links that lead out of the directory are refused."""
        file = self.root / path
        if not os.path.lexists(file):
            return None
        if not file.exists():
            raise one(self.label(path), None, "is a link to nothing, or to itself; put the file itself here")
        if not file.resolve().is_relative_to(self.root.resolve()):
            raise one(self.label(path), None, "is a link that leads out of the repository; put the file itself here")
        if not file.is_file():
            raise one(self.label(path), None, "is not a file")
        try:
            with file.open("rb") as opened:
                return opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise one(self.label(path), None, f"cannot be read: {error.strerror}") from None

    def names(self, directory: str) -> list[str]:
        """Return the files directly in a directory."""
        found = self.root / directory
        if not found.is_dir():
            return []
        return sorted(f"{directory}/{f.name}" for f in found.iterdir() if f.is_file())


@dataclass(frozen=True)
class Revision:
    """A commit; `root` is the top of its work tree."""

    root: Path
    commit: str

    def label(self, path: str) -> str:
        """Return `1a2b3c4d5e6f:path`."""
        return f"{self.commit[:12]}:{path}"

    def read(self, path: str) -> bytes | None:
        """Return a file as it was committed."""
        mode = git.mode_of(self.root, self.commit, path)
        if mode is None:
            return None
        if not mode.startswith("100"):
            raise one(self.label(path), None, "is a link or a directory; put the file itself there")
        return git.blob(self.root, self.commit, path)

    def names(self, directory: str) -> list[str]:
        """Return the files directly in a directory."""
        return git.names_in(self.root, self.commit, directory)


def revision(root: Path, name: str) -> Revision:
    """Return the commit that `name` means in the repository of `root`; raise `UsageError` where there is none."""
    top = git.toplevel(root)
    commit = git.commit_of(root, name)
    if top is None or commit is None:
        raise UsageError(
            f"there is no git revision {name[:60]!r} in {root}", mend="git fetch it, or name another with --base"
        )
    return Revision(top, commit)


def package_directory(name: str, repository: Path) -> Path | None:
    """Return the directory of an installed package without importing it: nothing of it runs.

    Directories of the repository itself are not searched, else a folder of that name in it would pass for the package.
    """
    here = repository.resolve()
    searched = [p for p in sys.path if p and _installed(Path(p).resolve(), here)]
    spec = PathFinder.find_spec(name, searched)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def _installed(entry: Path, repository: Path) -> bool:
    outside = not entry.is_relative_to(repository) and entry != Path.cwd()
    return outside or entry.name in ("site-packages", "dist-packages")
