"""How many of how many, in words: "the one model call limits its output", "2 of 3 model calls limit theirs"."""

from __future__ import annotations

from collections.abc import Sized


def counted(some: Sized | int, one: str, many: str) -> str:
    """Return a number with its words: `1 secret`, `2 secrets`, `0 secrets`."""
    number = some if isinstance(some, int) else len(some)
    return f"{number} {one if number == 1 else many}"


def share(some: Sized, whole: Sized, noun: str, one: str = "", many: str = "") -> str:
    """Return how many of `whole` do something: `one` is what a single one does, `many` what more of them do."""
    plural = f"{noun[:-1]}ies" if noun[-1:] == "y" and noun[-2:-1] not in "aeiou" else f"{noun}s"
    if len(some) < len(whole):
        subject = f"{len(some)} of {len(whole)} {plural}"
    else:
        subject = f"the one {noun}" if len(whole) == 1 else f"all {len(whole)} {plural}"
    return f"{subject} {one if len(some) == 1 else many}".rstrip()
