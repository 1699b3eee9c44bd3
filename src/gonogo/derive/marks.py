"""Words that the lab puts into what is said and found, by which checks know it again in what is sent on."""

from __future__ import annotations

PASSAGES = ("passage-of-document-1", "passage-of-document-2", "passage-of-document-3")
"""One stands in each long document, beside what matters in it."""


def turn(number: int) -> str:
    """Return the word of a turn of a conversation."""
    return f"turn-number-{number:03d}"
