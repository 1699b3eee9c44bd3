"""The same question again: at once, by another tenant, after the index was published, and after the cache's time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import QUESTION, pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

_SHORT_S = 4
"""How long searches are cached in the case that waits for the end of it."""
_LONGEST_S = 60.0
"""So long a declared time is waited for that no variable shortens."""


async def play(play: Play) -> None:
    """Play the app with the cache that it has, then one with a short time."""
    index = next((i for i in play.system.indexes if i.cache_s is not None), None)
    if index is None or index.cache_s is None:
        raise CollectError(
            "gonogo.yaml does not say how long searches are cached: indexes[].cache_s",
            mend="add indexes[].cache_s to gonogo.yaml",
        )
    await play.ready()
    indexer = Indexer(play)
    first, second, *_ = islice(pages(), 2)
    play.session.room.play(play.scenario.scenario, "ingest", Script())
    indexer.put(first)
    await indexer.run()
    variable = index.cache_variable
    await _started(play, "healthy", without=[variable] if variable else [])
    await _asked(play, times=2)
    await _other(play)
    play.session.room.case = "publish"
    indexer.put(second)
    await indexer.run()
    play.session.room.case = "published"
    await _asked(play)
    play.done += ["healthy", "publish", "published"]
    if variable:
        await _started(play, "short", {variable: str(_SHORT_S)})
        await _asked(play, times=2)
        await _expired(play, _SHORT_S)
    elif index.cache_s <= _LONGEST_S and not play.quick:
        await _expired(play, index.cache_s)
    else:
        play.cut["expired"] = f"it takes {index.cache_s:g} s until the cache is too old; indexes[].cache_variable helps"


async def _other(play: Play) -> None:
    """Ask the same as a user of another tenant, where one is declared."""
    known = {i.name: i.tenant for i in play.system.identities}
    own = known.get(play.system.journeys[0].identity or "")
    other = next((name for name, tenant in known.items() if tenant and tenant != own), None)
    if other is not None:
        play.session.room.case = "other-tenant"
        await _asked(play, identity=other)
        play.done.append("other-tenant")


async def _expired(play: Play, seconds: float) -> None:
    await asyncio.sleep(seconds + 1)
    play.session.room.case = "expired"
    await _asked(play)
    play.done.append("expired")


async def _started(play: Play, case: str, more: Mapping[str, str] | None = None, without: Sequence[str] = ()) -> None:
    """Start the app anew, so that its cache is empty."""
    play.session.room.play(play.scenario.scenario, case, Script())
    play.tell(f"{play.scenario.scenario}: {case}")
    await play.anew(more, without)


async def _asked(play: Play, times: int = 1, identity: str | None = None) -> None:
    for _ in range(times):
        await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=QUESTION, identity=identity))
        play.sent += 1
