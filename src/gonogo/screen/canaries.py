"""Canaries: words that stand nowhere else, planted in a text to see where it arrives. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from gonogo.screen.match import Match
from gonogo.screen.normal import forms, unleet

PREFIX = "ORCHID"
"""Canaries begin so, and go on with eight hexadecimal digits, without a separator that would make them two words."""


def make(seed: str) -> str:
    """Return the canary of a seed: `ORCHID7F3A9C21`. Equal seeds have equal canaries."""
    return PREFIX + hashlib.sha256(seed.encode()).hexdigest()[:8].upper()


def find(text: str, planted: Mapping[str, str]) -> list[Match]:
    """Return each place in `text` where a planted text stands as it is, in order; the kind is the planted one's id."""
    found = (Match(name, at, at + len(word)) for name, word in planted.items() if word for at in _places(text, word))
    return sorted(found, key=lambda m: (m.start, -m.end))


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def holds(text: str, word: str) -> bool:
    """Tell whether `word` stands in `text` in any form of `normal.forms`, with any capitals, or in leetspeak."""
    return bool(word) and next(iter(within(text, {"": word})), None) is not None


def within(text: str, planted: Mapping[str, str]) -> set[str]:
    """Return the ids of the planted texts that stand in `text`, as they are or in another form."""
    left = {name: (word.lower(), unleet(word)) for name, word in planted.items() if word}
    found: set[str] = set()
    for form in forms(text) if left else ():
        if not left:
            break
        low, letters = form.lower(), unleet(form)
        hit = {name for name, (word, spelled) in left.items() if word in low or spelled in letters}
        found |= hit
        left = {name: words for name, words in left.items() if name not in hit}
    return found
