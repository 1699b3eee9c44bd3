"""Documents are indexed once; the feed then pauses until the alert arrives, or long after it should have."""

from __future__ import annotations

import asyncio
from itertools import islice

from gonogo.errors import CollectError
from gonogo.facts import ChannelMessage
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

_LAG_S = 9.0
"""How old the index may be in this run."""
_FRESH_S = 3.0
"""So long after a run of the indexer nothing may be said."""
_GRACE_S = 30.0
"""How long after the limit an alert is waited for."""
_EVERY_S = 0.5


async def play(play: Play) -> None:
    """Play the run of the indexer, the time in which the index is fresh, and the pause."""
    session = play.session
    await play.ready()
    indexer = Indexer(play)
    variable = indexer.index.lag_variable
    if variable is None:
        raise CollectError(
            "gonogo.yaml does not say how the limit on the age of the index is set for a run: indexes[].lag_variable",
            mend="add indexes[].lag_variable: the environment variable that sets it, in hours",
        )
    session.room.play(play.scenario.scenario, "start", Script())
    await play.anew({variable: f"{_LAG_S / 3600:.6f}"})
    session.room.case = "fresh"
    indexer.put(*islice(pages(), 2))
    ran = await indexer.run()
    await asyncio.sleep(_FRESH_S)
    play.done.append("fresh")
    session.room.case = "paused"
    play.tell(f"{play.scenario.scenario}: paused")
    until = ran.started_s + _LAG_S + _GRACE_S
    while session.room.clock() < until and not _alerts(play):
        await asyncio.sleep(_EVERY_S)
    play.done.append("paused")


def _alerts(play: Play) -> bool:
    return any(isinstance(f, ChannelMessage) and f.case == "paused" for f in play.session.room.facts)
