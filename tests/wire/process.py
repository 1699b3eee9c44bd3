"""A server of the tests as a process of its own, in the project's environment: clients need nothing of it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(module: str = "tests.wire.served") -> Iterator[str]:
    """Give the line that the server prints, its address, while it runs; it ends when its input closes."""
    command = [ROOT / ".venv/bin/python", "-m", module]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate(timeout=10)
