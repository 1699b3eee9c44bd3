"""What is wrong with catalogue files: every problem with its place, and one error that tells them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gonogo.errors import CatalogError

SHOWN = 50
"""At most so many problems are printed; the rest is counted."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, at a 1-based line of a file, under a dotted key."""

    path: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """Return `file:line key: message`."""
        return (
            f"{self.path}:{self.line} {self.key}: {self.message}"
            if self.key
            else f"{self.path}:{self.line} {self.message}"
        )


def nearest(word: object, known: Iterable[str]) -> str:
    """Return ` (did you mean ...?)` where one of `known` is near to `word`, else nothing."""
    found = difflib.get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f" (did you mean {found[0]}?)" if found else ""


def listed(names: Iterable[object]) -> str:
    """Return names as they stand in a sentence: `a, b or c`."""
    words = [str(name) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def catalog_error(problems: Sequence[Problem]) -> CatalogError:
    """Make the one error for all `problems`, in the order of files and lines."""
    found = sorted(set(problems))
    lines = [f"\n  {problem}" for problem in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"\n  and {len(found) - SHOWN} more")
    count = "one problem" if len(found) == 1 else f"{len(found)} problems"
    mend = "edit the lines named above; `gonogo catalog show ID` prints a control that is right"
    return CatalogError(f"{count}:{''.join(lines)}", path=found[0].path, line=found[0].line, mend=mend)
