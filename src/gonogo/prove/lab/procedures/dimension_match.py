"""An index is filled and asked; then the embedder's vectors are too short and too long, for questions and documents."""

from __future__ import annotations

import asyncio
from itertools import islice

from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import QUESTION, pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

_SIZES = {"short": 8, "long": 5000}
_SETTLE_S = 0.3
"""How long the app gets to log what it said of a question."""


async def play(play: Play) -> None:
    """Play the whole with vectors as they should be, then a question and a new document for each wrong length."""
    session = play.session
    await play.ready()
    indexer = Indexer(play)
    first, *others = islice(pages(), 1 + len(_SIZES))
    session.room.play(play.scenario.scenario, "ingest", Script())
    indexer.put(first)
    await indexer.run()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await session.ask(ask(play.system.journeys[0], play.new_id(), text=QUESTION))
    play.done += ["ingest", "healthy"]
    for (size, numbers), page in zip(_SIZES.items(), others, strict=True):
        fault = Fault(fault="wrong-dimension", operations=("embeddings",), dimension=numbers)
        session.room.play(play.scenario.scenario, f"{size} question", Script(faults=(fault,)))
        await session.ask(ask(play.system.journeys[0], play.new_id(), text=f"{page.title}: {QUESTION}"))
        await asyncio.sleep(_SETTLE_S)
        session.read_logs()
        session.room.play(play.scenario.scenario, f"{size} document", Script(faults=(fault,)))
        indexer.put(page)
        await indexer.run(must=False)
        play.done += [f"{size} question", f"{size} document"]
        play.sent += 1
