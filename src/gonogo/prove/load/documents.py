"""Documents for the app's own indexer under load: the lab's handbook, and as many made-up pages as are asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import count, islice

from gonogo.prove.lab.pages import Page, pages

MARK = "Depot"
"""Stands in each sentence of a made-up page, so that its texts are known again; in no question."""
_SENTENCES, _WORDS = 3, 9


def documents(number: int) -> Iterator[Page]:
    """Yield so many pages, always the same ones: first the handbook, then made-up pages of two sections."""
    yield from islice(_all(), number)


def questions() -> list[str]:
    """Return what is asked: the first sentence of each section of the handbook, which a search finds again."""
    return [text.partition(". ")[0] for page in pages() for _, text in page.sections]


def _all() -> Iterator[Page]:
    yield from pages()
    for number in count(1):
        chance = random.Random(number)  # noqa: S311  (repeatable, not secret)
        sections = tuple((heading, _prose(chance, number)) for heading in ("Stock", "Rules"))
        yield Page(name=f"depot-{number:07d}.md", title=f"{MARK} {number}", sections=sections)


def _prose(chance: random.Random, number: int) -> str:
    sentences = (" ".join(chance.choices(_vocabulary(), k=_WORDS)) for _ in range(_SENTENCES))
    return " ".join(f"{MARK} {number} {sentence}." for sentence in sentences)


@cache
def _vocabulary() -> list[str]:
    """Return the plain words of the handbook."""
    words = {word for page in pages() for _, text in page.sections for word in text.split() if word.isalpha()}
    return sorted(word.lower() for word in words if len(word) > 3)
