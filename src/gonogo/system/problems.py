"""What is wrong with gonogo.yaml: every problem at once, each with its place, and the nearest right name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from gonogo.errors import SystemFileError
from gonogo.system.secret_shapes import looks_secret

_LIMIT = 50


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong at one place; `key` is dotted, list items by their number from 0."""

    file: str
    line: int | None
    key: str
    text: str

    def __str__(self) -> str:
        """Return `file:line: key: what is wrong; what is right`."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.text}" if self.key else f"{where}: {self.text}"


class SystemProblemsError(SystemFileError):
    """All that is wrong with gonogo.yaml. `problems` holds each; path, line and key are those of the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Show the first 50 problems, in file order, and count the rest."""
        self.problems = tuple(sorted(set(problems), key=lambda p: (p.file, p.line or 0, p.key, p.text)))
        first = self.problems[0]
        super().__init__(first.text, path=first.file, line=first.line, key=first.key or None)
        shown = [str(p) for p in self.problems[:_LIMIT]]
        if len(self.problems) > _LIMIT:
            shown.append(f"... and {len(self.problems) - _LIMIT} more")
        self.message = "\n".join(shown)


@dataclass
class Problems:
    """Collects problems while a file is read."""

    found: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int | None, key: str, text: str) -> None:
        """Note one problem."""
        self.found.append(Problem(file, line, key, text))

    def end(self) -> None:
        """Raise `SystemProblemsError` if there is any problem."""
        if self.found:
            raise SystemProblemsError(self.found)


def one(file: str, line: int | None, text: str, key: str = "") -> SystemProblemsError:
    """Return the error for a single problem."""
    return SystemProblemsError([Problem(file, line, key, text)])


def nearest(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean X?`, or the names themselves where none is near and they are few, or nothing."""
    known = list(dict.fromkeys(names))
    folded = {name.lower().replace("-", "_"): name for name in reversed(known)}
    near = difflib.get_close_matches(word.lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {folded[near[0]]}?"
    if 0 < len(known) <= 12:
        return f"; known here: {', '.join(known)}"
    return ""


def shown(value: object) -> str:
    """Return a value of the file as a message may show it: short, one line, no control characters, no secret."""
    text = value if isinstance(value, str) else str(value)
    if looks_secret(text):
        return "what looks like a secret"
    clean = "".join(c if c.isprintable() else "?" for c in text[:61])
    return f"'{clean[:60]}...'" if len(clean) > 60 else f"'{clean}'"
