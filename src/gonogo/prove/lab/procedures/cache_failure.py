"""The process that is the cache is ended, and then replaced by one that is silent and one that answers garbage."""

from __future__ import annotations

import asyncio

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Physics, Script

ASKED, TOGETHER = 12, 10
"""How many different questions are put in each case, and how often an equal one at the same time."""
_SLOW = Script(physics=Physics(first_token_s=0.6))
"""So slow a model that equal questions meet while the first is being answered."""


async def play(play: Play) -> None:
    """Play the same with a cache that works, and in each way without."""
    session, cache = play.session, play.session.settings.cache
    assert cache and cache.service  # noqa: S101  (the scenario needs it)
    name = cache.service
    journey = next((j for j in play.system.journeys if j.name == cache.journey), None)
    if journey is None:
        raise CollectError(f"lab.cache: there is no journey {cache.journey!r}", mend="name one of journeys:")
    load = play.system.load
    await play.anew(load.environment if load else None)
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")

    async def case(what: str) -> None:
        play.tell(f"{play.scenario.scenario}: {what}")
        session.room.play(play.scenario.scenario, what, Script())
        for number in range(ASKED):
            await session.ask(ask(journey, play.new_id(), text=f"Question {number} ({what})?"))
            play.sent += 1
        play.done.append(what)

    await case("working")
    await session.end(name)
    await case("gone")
    session.room.play(play.scenario.scenario, "together", _SLOW)
    text = "A question that everybody asks at once?"
    await asyncio.gather(*(session.ask(ask(journey, play.new_id(), text=text)) for _ in range(TOGETHER)))
    play.sent += TOGETHER
    play.done.append("together")
    for how in ("hung", "garbage"):
        if await session.begin(f"{name} {how}"):
            await case(how)
            await session.end(f"{name} {how}")
