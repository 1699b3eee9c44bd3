"""Name the exact state that is judged: the digest of the tree, the commit, a fingerprint for each part of the system.

The digest is made of paths, modes and contents and looks the same with and without git. Two places are outside it:
`.gonogo/`, our own evidence, and `gonogo/statements/`, where people's signed statements lie. A statement names the
state that its signer looked at; if it were part of that state, signing would change what was signed. Statements carry
their own signatures, and the rules among them (waivers, approvers) are read from the base commit, so leaving them out
hides nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from gonogo.errors import UsageError
from gonogo.facts import Declaration, Subject
from gonogo.git import git
from gonogo.prove.parts import Entry, fingerprints

OUTSIDE = (".gonogo", "gonogo/statements", "decision.json")
"""Places that are no part of the subject: what gonogo itself writes after it looked."""

LEFT_OUT = frozenset(
    {".git", "node_modules", ".venv", "venv", "site-packages", "__pycache__", ".gonogo", ".tox", ".nox"}
)
"""Directories that hold nobody's own files, committed or not."""

LEFT_OUT_UNTRACKED = (
    LEFT_OUT | {"dist", "build", "vendor", "target", ".next", ".mypy_cache", ".ruff_cache", "env"} | {".pytest_cache"}
)
"""What is left out besides where there is no git to tell."""

_CHUNK = 1 << 20
_LARGE = 64 << 20
"""Above this, chunks of zeros are passed over: a sparse file would else take hours."""


def subject_of(root: Path, declaration: Declaration | None = None, base: str | None = None) -> Subject:
    """Return the state of the system at `root`; `base` is the commit that it was built on, for its authors.

    Raises `UsageError` when `base` is no commit of the repository.
    """
    root = root.resolve()
    commit = _line(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    entries = list(_entries(root))
    return Subject(
        tree=digest_of(entries),
        commit=commit,
        branch=_line(root, "symbolic-ref", "--short", "--quiet", "HEAD") if commit else None,
        dirty=commit is None or _dirty(root),
        fingerprints=fingerprints(root, entries, declaration),
        authors=_authors(root, base) if commit else (),
    )


def digest_of(entries: list[Entry]) -> str:
    """Return `sha256:...` over the sorted entries."""
    whole = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.path):
        whole.update(f"{entry.mode} {entry.digest} {entry.path}\0".encode(errors="surrogateescape"))
    return f"sha256:{whole.hexdigest()}"


def as_text(path: str) -> str:
    """Return a file's name as text that can be kept and shown: bytes that are no UTF-8 stand as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def outside(path: str) -> bool:
    """Tell whether `path` (relative, posix) is no part of the subject."""
    return any(path == place or path.startswith(f"{place}/") for place in OUTSIDE)


def files_of(root: Path) -> list[str]:
    """Return the files of the subject as sorted relative paths: by git's rules where there is git, else by walking."""
    listed = git(root, "ls-files", "-z", "-co", "--exclude-standard")
    found = [os.fsdecode(p) for p in (listed or b"").split(b"\0") if p] or list(_walked(root))
    return sorted({p for p in found if not outside(p) and not LEFT_OUT.intersection(p.split("/")[:-1])})


def _walked(root: Path) -> Iterator[str]:
    for directory, names, files in os.walk(root, followlinks=False):
        names[:] = [n for n in names if n not in LEFT_OUT_UNTRACKED]
        links = [n for n in names if (Path(directory) / n).is_symlink()]
        for name in files + links:
            yield (Path(directory) / name).relative_to(root).as_posix()


def _entries(root: Path) -> Iterator[Entry]:
    for path in files_of(root):
        place = root / path
        try:
            mode = place.lstat().st_mode
            if stat.S_ISLNK(mode):
                target = os.fsencode(place.readlink())
                yield Entry(path, "120000", hashlib.sha256(target).hexdigest())
            elif stat.S_ISREG(mode):
                yield Entry(path, "100755" if mode & 0o100 else "100644", _content(place))
        except OSError:
            continue  # gone since it was listed, or not ours to read: it cannot be judged either


def _content(place: Path) -> str:
    whole = hashlib.sha256()
    with place.open("rb") as file:
        if (size := os.fstat(file.fileno()).st_size) > _LARGE:
            return _large(file.fileno(), size)
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _large(file: int, size: int) -> str:
    """Return the digest of a large file's size and of its chunks that are not all zeros, each with its place.

    A sparse file of any size takes no longer than what is stored of it, and has the digest of its copy without holes.
    """
    whole, at = hashlib.sha256(f"{size}\0".encode()), 0
    while (at := _next_data(file, at)) < size:
        chunk = os.pread(file, _CHUNK, at)
        if not chunk:
            break
        if chunk.count(0) != len(chunk):
            whole.update(f"{at} {len(chunk)}\0".encode() + chunk)
        at += _CHUNK
    return whole.hexdigest()


def _next_data(file: int, at: int) -> int:
    """Return the chunk in which the next stored byte lies; the end of all files where there is none."""
    try:
        found = os.lseek(file, at, os.SEEK_DATA)
    except OSError as error:
        return sys.maxsize if error.errno == errno.ENXIO else at
    return max(at, found - found % _CHUNK)


def _line(root: Path, *args: str) -> str | None:
    said = git(root, *args)
    return said.decode(errors="replace").strip() or None if said is not None else None


def _dirty(root: Path) -> bool:
    """Whether a tracked file was changed or a file that is not ignored was added."""
    options = ("--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all")
    status = git(root, "status", *options, "--", ".")
    if status is None:
        return True
    prefix = _line(root, "rev-parse", "--show-prefix") or ""
    changed = [os.fsdecode(entry[3:]) for entry in status.split(b"\0") if entry]
    return any(not outside(path.removeprefix(prefix)) for path in changed)


def _authors(root: Path, base: str | None) -> tuple[str, ...]:
    """The addresses of authors and co-authors of the commits since `base`, or of the last commit.

    Who commits nothing but statements (an approver, a signed waiver) wrote nothing of what is judged.
    """
    commits: tuple[str, ...] = ("-1", "HEAD")
    if base is not None:
        if _line(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}") is None:
            raise UsageError(f"{base} is no commit of this repository", mend="give a branch, a tag or a commit id")
        commits = ("--end-of-options", f"{base}..HEAD")
    shown = ("--full-history", "--format=<%ae>%n%(trailers:key=Co-authored-by,valueonly)")
    said = git(root, "log", *shown, *commits, "--", ":/", ":(top,exclude,glob)**/gonogo/statements/**") or b""
    lines = said.decode(errors="replace").splitlines()
    found = {line.rpartition("<")[2].partition(">")[0].strip().lower() for line in lines if "<" in line}
    return tuple(sorted(found - {""}))
