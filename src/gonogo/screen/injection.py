"""Find the marks of an injection in text: words that want to replace the instructions a model works under. Pure.

Marks are named by technique (`marks.py`). They tell what a text looks like, not what it does: an application is safe by
what it lets a model do.
"""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.screen.marks import RULES
from gonogo.screen.match import Match, apart
from gonogo.screen.normal import forms
from gonogo.screen.patterns import compiled, sound

_compiled = [(rule.name, compiled(f"(?i){pattern}")) for rule in RULES for pattern in rule.patterns]

MARKS = frozenset(rule.name for rule in RULES)
"""The names of all marks."""


def marks(text: str) -> frozenset[str]:
    """Return the techniques whose marks are in `text`, in any of its forms, so that a disguise does not help."""
    return frozenset(name for form in forms(text) for name in _named(form))


def find(text: str) -> list[Match]:
    """Return the marks in `text` as it is, in order of their place and without overlaps; earlier rules win."""
    text = sound(text)
    return apart(Match(name, *found.span()) for name, pattern in _compiled for found in pattern.finditer(text))


def _named(text: str) -> Iterator[str]:
    text = sound(text)
    return (name for name, pattern in _compiled if pattern.search(text))
