"""Documents, with an exact and a near copy of most of them under other names."""

from __future__ import annotations

from dataclasses import replace

from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import Page, pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

_COPIED = 10
"""So many are copied twice; the others stand once."""


async def play(play: Play) -> None:
    """Play one run over all of them."""
    await play.ready()
    indexer = Indexer(play)
    whole = list(pages())
    play.session.room.play(play.scenario.scenario, "ingest", Script())
    indexer.put(*whole, *map(exact, whole[:_COPIED]), *map(near, whole[:_COPIED]))
    await indexer.run()
    indexer.read_back()
    play.done.append("ingest")


def exact(page: Page) -> Page:
    """Return a page with the same text, of another day."""
    return replace(page, name=f"copy-of-{page.name}", date="2025-12-24", trait="exact", of=page.name)


def near(page: Page) -> Page:
    """Return a page with one word more in the last sentence of each section."""
    sections = tuple((heading, " always ".join(text.rsplit(" ", 2)[:2]) + " " + text.rsplit(" ", 1)[1])
                     for heading, text in page.sections)  # fmt: skip
    return replace(page, name=f"version-of-{page.name}", sections=sections, trait="near", of=page.name)
