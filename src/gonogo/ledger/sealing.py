"""The writer's side of sealing: a process of its own turns full segments into Parquet while appending goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gonogo.ledger.layout import segments
from gonogo.ledger.signature import SigningKey

WORTH_SEALING = 2**20
"""Bytes. A smaller full segment, such as yesterday's run on a laptop, is worth no process; retention takes it."""


class Sealing:
    """At most one sealing process of a writer. `trouble` is what the last one said when it failed."""

    def __init__(self, directory: Path, key: SigningKey | None, *, wanted: bool) -> None:
        """Seal segments of the writer's `directory`, signing with `key`; never when not `wanted`."""
        self.directory, self.key, self.wanted, self.trouble = directory, key, wanted, ""
        self._child: subprocess.Popen[bytes] | None = None
        self._looked = False

    def start(self, *, rotated: bool) -> None:
        """Begin sealing when a segment became full, or at the first call when an earlier run left one."""
        due = rotated or not self._looked
        self._looked = True
        if not self.wanted or not due or (self._child is not None and self._child.poll() is None):
            return
        full = [s for s in segments(self.directory)[:-1] if not s.sealed]
        if any(s.path.stat().st_size >= WORTH_SEALING for s in full) or (rotated and full):
            self._spawn()

    def wait(self) -> None:
        """Wait until a running process ends."""
        self._reap()

    def _spawn(self) -> None:
        self._reap()
        # -P keeps the working directory, which may be the repository under test, off the child's import path.
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "gonogo.ledger.seal", "--key-from-stdin", str(self.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        if self._child.stdin is not None:
            # The private key goes through a pipe: it is never an argument, a variable or a file.
            self._child.stdin.write(self.key.pem() if self.key else b"")
            self._child.stdin.close()
            self._child.stdin = None

    def _reap(self) -> None:
        if self._child is None:
            return
        _, said = self._child.communicate()
        self.trouble = said.decode("utf-8", "replace").strip() if self._child.returncode else ""
        self._child = None
