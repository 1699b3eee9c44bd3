"""Ask git about a repository without letting the repository decide what runs.

A repository's own configuration can name programs: a file system monitor, hooks, filters, an external diff, a signature
checker, a transport. All of them are off here, for every call, and nothing is fetched.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

TIMEOUT_S = 60

_SAFE = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.pager": "cat",
    "core.untrackedCache": "false",
    "core.quotePath": "false",
    "diff.external": "",
    "log.showSignature": "false",
    "log.mailmap": "false",
    "submodule.recurse": "false",
    "safe.directory": "*",
}
_PROGRAM = re.compile(
    r"^(?:filter\..*\.(?:clean|smudge|process)|diff\..*\.(?:textconv|command)|gpg\..*program)$", re.I | re.S
)
_REQUIRED = re.compile(r"^filter\..*\.required$", re.I | re.S)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")}
    env |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for i, (key, value) in enumerate(settings.items()):
        env |= {f"GIT_CONFIG_KEY_{i}": key, f"GIT_CONFIG_VALUE_{i}": value}
    return env


def _settings(root: Path) -> dict[str, str]:
    """Our settings, and an empty one for each program that the repository's configuration names."""
    listed = _call(root, _SAFE, ("config", "--list", "--name-only", "-z"), TIMEOUT_S)
    names = [n.decode(errors="surrogateescape") for n in (listed or b"").split(b"\0") if n]
    off = {n: "" for n in names if _PROGRAM.match(n)} | {n: "false" for n in names if _REQUIRED.match(n)}
    return _SAFE | off


def _call(root: Path, settings: dict[str, str], args: tuple[str, ...], timeout: float) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", *args], cwd=root, env=_environment(settings), capture_output=True, timeout=timeout, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def git(root: Path, *args: str, timeout: float = TIMEOUT_S) -> bytes | None:
    """Return what `git ARGS` prints when run in `root`; None when git is missing, refuses, or takes too long."""
    return _call(root, _settings(root), args, timeout)


@contextmanager
def streamed(root: Path, *args: str) -> Iterator[IO[bytes]]:
    """Give what `git ARGS` prints as a stream; the process ends with the block, read to its end or not.

    Raises `OSError` when git is missing.
    """
    with subprocess.Popen(
        ["git", *args], cwd=root, env=_environment(_settings(root)), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None  # noqa: S101  (PIPE was asked for)
            yield process.stdout
        finally:
            process.kill()
