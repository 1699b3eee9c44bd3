"""An index of a few documents; then one is added, one is changed, one is removed, and each is asked for at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import islice
from time import monotonic

from gonogo.facts import Exchange, ModelCall
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import Page, pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

_VISIBLE_S = 60.0
"""The threshold `visible_s` of the control."""
_QUICK_S = 10.0
_EVERY_S = 1.0
NEW = "Since this spring the gong of the old ferry is struck instead. Deaf colleagues feel a buzzing wristband."
"""What the changed section says."""


async def play(play: Play) -> None:
    """Play the first run, and then each change alone."""
    room = play.session.room
    await play.ready()
    indexer = Indexer(play)
    *first, added = islice(pages(), 5)
    kept, changed, removed = first[0], first[1], first[2]
    heading, _ = changed.sections[1]
    changed = replace(changed, sections=(changed.sections[0], (heading, NEW)))

    def case(name: str) -> None:
        room.play(play.scenario.scenario, name, Script())
        play.tell(f"{play.scenario.scenario}: {name}")

    case("ingest")
    indexer.put(*first)
    await indexer.run()
    indexer.read_back()
    case("healthy")
    await _ask(play, kept)
    play.done += ["ingest", "healthy"]
    for name, page in (("added", added), ("changed", changed)):
        case(name)
        indexer.put(page)
        await indexer.run()
        told = await _until_told(play, page)
        indexer.read_back()
        if told or not play.quick:
            play.done.append(name)
        else:
            play.cut[name] = f"--quick waited {_QUICK_S:g} s for the document"
    case("removed")
    indexer.remove(removed)
    await indexer.run()
    for section in range(len(removed.sections)):
        await _ask(play, removed, section)
    indexer.read_back()
    play.done.append("removed")


async def _until_told(play: Play, page: Page) -> bool:
    """Ask for the last section of a page until it reaches the model, or the time is over; tell whether it did."""
    began = monotonic()
    sentence = page.sections[-1][1].partition(". ")[0]
    while True:
        came = await _ask(play, page, -1)
        calls = (f for f in play.session.room.facts if isinstance(f, ModelCall) and f.journey == came.journey)
        prompts = " ".join(turn.text for call in calls for turn in call.prompt)
        if sentence in " ".join((prompts + came.body).split()):
            return True
        if monotonic() - began > (_QUICK_S if play.quick else _VISIBLE_S):
            return False
        await asyncio.sleep(_EVERY_S)


async def _ask(play: Play, page: Page, section: int = 0) -> Exchange:
    """Ask with the words of a section's first sentence, all but the last: what holds the whole of it was retrieved."""
    heading, said = page.sections[section]
    text = f"{heading}: {said.partition('. ')[0].rpartition(' ')[0]} ... ?"
    play.sent += 1
    return await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=text))
