"""Documents of several authors, days and sections, indexed once."""

from __future__ import annotations

from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script


async def play(play: Play) -> None:
    """Play one run over all of them."""
    await play.ready()
    indexer = Indexer(play)
    play.session.room.play(play.scenario.scenario, "ingest", Script())
    indexer.put(*pages())
    await indexer.run()
    indexer.read_back()
    play.done.append("ingest")
