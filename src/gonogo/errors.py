"""Every exception that gonogo raises on purpose. Each says what happened, where, and what mends it.

GonogoError                 exit code 2 unless said otherwise
├── UsageError              the command was called in a way that cannot work
├── FileError               a file that people write is wrong (path, line, key)
│   ├── SystemFileError     gonogo.yaml
│   ├── CatalogError        a catalogue or profile file
│   └── StatementError      a signed statement or its artefact
├── CollectError            a collector could not look at what it was sent to
├── LedgerError             the ledger cannot be read or written
│   └── LedgerVersionError  it was written by a newer gonogo
├── KeyStoreError           a signing key is missing, unreadable or exists already
└── VerificationError       evidence or a signature does not hold (exit code 1)
"""

from __future__ import annotations


class GonogoError(Exception):
    """Base of the tree: a sentence for the user and, where one is known, the command or edit that mends it."""

    exit_code = 2

    def __init__(self, message: str, *, mend: str | None = None) -> None:
        """Keep `message` (what happened and where) and `mend` (the command or edit that closes it)."""
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        """Return the message, with the mend on a line of its own."""
        return f"{self.message}\n  mend: {self.mend}" if self.mend else self.message


class UsageError(GonogoError):
    """The command was called in a way that cannot work."""


class FileError(GonogoError):
    """A file that people write is wrong."""

    def __init__(
        self, message: str, *, path: str, line: int | None = None, key: str | None = None, mend: str | None = None
    ) -> None:
        """Name the place: `path`, 1-based `line` and dotted `key` where known."""
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {message}" if key is None else f"{where}: {key}: {message}", mend=mend)
        self.path, self.line, self.key = path, line, key


class SystemFileError(FileError):
    """gonogo.yaml is wrong."""


class CatalogError(FileError):
    """A catalogue or profile file is wrong."""


class StatementError(FileError):
    """A signed statement, or the artefact it names, is wrong."""


class CollectError(GonogoError):
    """A collector could not look at what it was sent to."""


class LedgerError(GonogoError):
    """The ledger cannot be read or written."""


class LedgerVersionError(LedgerError):
    """The ledger was written by a newer gonogo."""


class KeyStoreError(GonogoError):
    """A signing key is missing, unreadable, or exists already."""


class VerificationError(GonogoError):
    """Evidence or a signature does not hold."""

    exit_code = 1
