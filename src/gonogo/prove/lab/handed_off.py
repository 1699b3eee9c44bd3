"""A journey that was answered with 202 and the place of its result: the lab looks there until it is done."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from gonogo.facts import Exchange
from gonogo.facts.declaration import Journey
from gonogo.prove.drive.asking import Ask
from gonogo.prove.lab.play import Play

POLL = "poll"
"""The purpose of the requests that look for a result."""
_POLL_S = 0.5


async def looked_for(play: Play, journey: Journey, name: str, came: Exchange, seconds: float) -> None:
    """Look for the result of a journey that was handed off, called `name` in facts, for so long at most."""
    place = urlsplit(came.headers.get("location", ""))
    path = place.path + (f"?{place.query}" if place.query else "")
    until = play.session.room.clock() + seconds
    while path and play.session.room.clock() < until:
        await asyncio.sleep(_POLL_S)
        looked = await play.session.ask(
            Ask(
                id=play.new_id(), name=name, method="GET", path=path, answer=journey.answer, identity=journey.identity,
                deadline_s=15, said="is it ready?",
            ),
            POLL,
        )  # fmt: skip
        if looked.status not in (202, 404):
            break
