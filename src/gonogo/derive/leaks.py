"""What got out: pieces of a text in another, through spacing, case and encodings. Pure."""

from __future__ import annotations

import unicodedata

from gonogo.screen.normal import forms


def flat(text: str) -> str:
    """Return the letters and digits of a text, in one case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def longest_piece(secret: str, text: str, least: int) -> str:
    """Return the longest run of letters and digits of `secret` that is in `text` or in a decoding of it.

    Runs shorter than `least` are not looked for; the empty text where there is none.
    """
    ours, best = flat(secret), ""
    for form in {flat(form) for form in forms(text)}:
        start = 0
        while start + max(least, len(best) + 1) <= len(ours):
            size = max(least, len(best) + 1)
            if ours[start : start + size] not in form:
                start += 1
                continue
            while start + size < len(ours) and ours[start : start + size + 1] in form:
                size += 1
            best = ours[start : start + size]
    return best
