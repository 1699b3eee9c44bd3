"""The server of `served.py` as a process of its own, in the project's environment: clients need nothing of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serving() -> Iterator[str]:
    """Give the address of the server while it runs; it ends when its input closes."""
    command = [ROOT / ".venv/bin/python", "-m", "tests.wire.served"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate(timeout=10)
