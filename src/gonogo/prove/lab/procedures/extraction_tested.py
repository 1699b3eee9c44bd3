"""Two plain documents are indexed, then hard files and broken ones come to them."""

from __future__ import annotations

from itertools import islice

from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.papers import papers
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script


async def play(play: Play) -> None:
    """Play both runs."""
    await play.ready()
    indexer, room = Indexer(play), play.session.room
    room.play(play.scenario.scenario, "ingest", Script())
    indexer.put(*islice(pages(), 2))
    await indexer.run()
    indexer.read_back()
    room.play(play.scenario.scenario, "hard", Script())
    indexer.put(*papers())
    await indexer.run(must=False)
    indexer.read_back()
    play.done += ["ingest", "hard"]
