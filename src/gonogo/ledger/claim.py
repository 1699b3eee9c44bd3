"""Which writer a run is: one directory that no other run writes to, held by an exclusive lock of the operating system.

The lock ends with the process, however it ends. A run without a name takes a free directory of this machine, so that
runs one after another continue one chain, and makes another directory where all are taken.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import platform
import secrets
from pathlib import Path

from gonogo.errors import LedgerError
from gonogo.ledger.layout import check_version, check_writer, describe

_TRIES = 1000


def claim(ledger: Path, writer: str | None) -> tuple[Path, int]:
    """Lock and return a writer's directory with the lock's descriptor; raises `LedgerError` when it cannot be had."""
    try:
        ledger.mkdir(parents=True, exist_ok=True)
        if writer is not None:
            check_writer(writer)
            return _named(ledger / f"writer={writer}")
        return _free(ledger)
    except OSError as broken:
        raise cannot_write(ledger, broken) from broken


def cannot_write(path: Path, broken: OSError) -> LedgerError:
    """Return the error for a ledger that the operating system refuses to write, with what mends that."""
    mend = {
        errno.ENOSPC: "free some space on that disk; every fact that was acknowledged is kept",
        errno.EDQUOT: "free some of your quota; every fact that was acknowledged is kept",
        errno.EFBIG: "raise the limit on file sizes (ulimit -f); every fact that was acknowledged is kept",
        errno.EROFS: "choose a directory that can be written",
        errno.EACCES: "give yourself write access, or choose another directory",
        errno.EPERM: "give yourself write access, or choose another directory",
    }.get(broken.errno or 0, "check the path and the disk")
    return LedgerError(f"the ledger at {path} cannot be written: {broken.strerror or broken}", mend=mend)


def machine() -> str:
    """Return eight characters that stand for this machine and tell nothing about it."""
    try:
        known = Path("/etc/machine-id").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    return hashlib.sha256(f"gonogo {known} {platform.node()}".encode()).hexdigest()[:8]


def _named(directory: Path) -> tuple[Path, int]:
    lock = _lock(directory)
    if lock is None:
        raise LedgerError(
            f"another run writes to {directory} right now", mend="wait until it ends, or leave out the writer's name"
        )
    return directory, lock


def _free(ledger: Path) -> tuple[Path, int]:
    for directory in sorted(ledger.glob(f"writer={machine()}-*")):
        lock = _lock(directory)
        if lock is not None:
            return directory, lock
    for _ in range(_TRIES):
        # A run that looks for a free directory may lock the one that we just made; then we make another.
        directory = ledger / f"writer={machine()}-{secrets.token_hex(4)}"
        lock = _lock(directory)
        if lock is not None:
            return directory, lock
    raise LedgerError(f"{ledger} is claimed by too many runs at once", mend="run fewer at a time")


def _lock(directory: Path) -> int | None:
    directory.mkdir(exist_ok=True)
    opened = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        check_version(directory)
        describe(directory)
    except BlockingIOError:
        os.close(opened)
        return None
    except BaseException:
        os.close(opened)
        raise
    return opened
