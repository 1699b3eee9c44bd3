"""The key of this machine for hashes over secrets: random, made once, kept outside every repository."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

_BYTES = 32


@cache
def digest_key(directory: Path | None = None) -> bytes:
    """Return the key, making it where there is none; one for this process alone where it cannot be kept.

    `directory` is where it lies, by default the user's data directory of the platform.
    """
    file = (directory or user_data_path("gonogo")) / "digest.key"
    try:
        if file.is_absolute():  # else nobody knows where this user's home is
            return _kept(file) or _made(file)
    except OSError:
        pass
    return secrets.token_bytes(_BYTES)


def _kept(file: Path) -> bytes | None:
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == _BYTES else None


def _made(file: Path) -> bytes:
    """Write a new key whole under its name; of two runs at once the one that is first gives the key of both."""
    key = secrets.token_bytes(_BYTES)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(key)
        os.link(beside, file)
    except FileExistsError:
        if (kept := _kept(file)) is not None:
            return kept
        beside.replace(file)  # what lies there is no key
    finally:
        beside.unlink(missing_ok=True)
    return key
