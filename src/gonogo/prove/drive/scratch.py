"""Where a box stands on the machine: a scratch directory, and its turn where ports are shared."""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_LONGEST = 70
"""Characters of a directory beneath which the addresses of UNIX sockets still fit into the kernel's 107."""


@asynccontextmanager
async def scratch_directory() -> AsyncIterator[Path]:
    """Make a directory that is removed in the end, by a program of its own: it does so even when we are killed."""
    place = Path(tempfile.mkdtemp(prefix="gonogo-", dir=_temporary()))
    try:
        sweeper = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", "-B", str(Path(__file__).with_name("sweep.py")), str(place),
            stdin=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except BaseException:
        place.rmdir()
        raise
    try:
        yield place
    finally:
        if sweeper.stdin is not None:
            sweeper.stdin.close()
        await sweeper.wait()


@asynccontextmanager
async def one_at_a_time() -> AsyncIterator[None]:
    """Wait until no other box uses the machine's own ports: without a network of its own there is room for one."""
    with socket.socket(socket.AF_UNIX) as turn:
        while True:
            try:
                turn.bind("\0gonogo-box")
            except OSError:
                await asyncio.sleep(0.1)
            else:
                break
        yield


def _temporary() -> str | None:
    """Return the usual place for such directories, or a shorter one where that is too long for sockets."""
    return None if len(tempfile.gettempdir()) <= _LONGEST else "/tmp"  # noqa: S108
