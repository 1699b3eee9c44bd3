"""RE2 patterns that say nothing on the terminal, alone and many at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2

_MEMORY = 64 << 20
"""A set of patterns that runs out of memory answers nothing at all; this is far more than ours need."""


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


_SURROGATES = re.compile("[\ud800-\udfff]")


def sound(text: str) -> str:
    """Return `text` with U+FFFD for each lone surrogate (half a character, as JSON can spell it): RE2 reads UTF-8."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def compiled(pattern: str) -> re2._Regexp:
    """Return one pattern, ready for use."""
    return re2.compile(pattern, _options())


class Several:
    """Patterns in an order that counts, all looked for in one pass over the text.

    For patterns with a start that is rare; those that begin with common words are faster one by one (measured).
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile each, and all together."""
        self.patterns = [compiled(pattern) for pattern in patterns]
        options = _options()
        options.never_capture = True
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def hit(self, text: str) -> list[int]:
        """Return the positions of the patterns that occur in `text`, in their order."""
        hit = self._set.Match(text)
        return sorted(hit) if hit else []
