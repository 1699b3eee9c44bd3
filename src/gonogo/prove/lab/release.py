"""The previous release of the system: found in git, and laid out beside the copy of this one."""

from __future__ import annotations

import contextlib
import shutil
import tarfile
from pathlib import Path

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.git import git, streamed
from gonogo.prove.drive.copy import SHARED

PLACE = ".gonogo-release"
"""The directory of the previous release, in the copy."""


def previous(root: Path, system: System) -> str | None:
    """Return the name of the last release: as declared, else the newest tag before this commit; None where none is.

    Raises `CollectError` where the declared one is no revision of the repository.
    """
    declared = system.deployment.previous if system.deployment else None
    if declared is None:
        found = git(root, "describe", "--tags", "--abbrev=0", "HEAD^")
        return found.decode(errors="replace").strip() or None if found else None
    if _commit(root, declared) is None:
        raise CollectError(
            f"{declared} is no revision of this repository",
            mend="name the tag of the last release: deployment.previous in gonogo.yaml",
        )
    return declared


def lay_out(root: Path, copy: Path, revision: str) -> Path:
    """Write the system as it was at a revision into the copy, what is installed shared; return its directory.

    Raises `CollectError` where git has nothing of it.
    """
    place = copy / PLACE
    place.mkdir()
    with (
        contextlib.suppress(tarfile.TarError, OSError),
        streamed(root, "archive", "--format=tar", _commit(root, revision) or "") as stream,
        tarfile.open(fileobj=stream, mode="r|") as packed,
    ):
        for member in packed:
            _write(packed, member, place.resolve())
    if not any(place.iterdir()):
        raise CollectError(f"nothing of the system is at {revision}")
    for name in SHARED:
        if (copy / name).is_dir() and not (place / name).exists():
            (place / name).symlink_to(f"../{name}")
    return place


def _write(packed: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    """Write one entry, unless it would stand outside of `place`: no tree that git made by itself holds such a one."""
    target = place / member.name
    if not target.parent.resolve().is_relative_to(place):
        return
    if member.isdir():
        target.mkdir(exist_ok=True, parents=True)
    elif member.issym():
        target.symlink_to(member.linkname)
    elif member.isreg() and (content := packed.extractfile(member)) is not None:
        with target.open("xb") as file:
            shutil.copyfileobj(content, file)
        target.chmod(0o755 if member.mode & 0o100 else 0o644)


def _commit(root: Path, revision: str) -> str | None:
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode().strip() if found else None
