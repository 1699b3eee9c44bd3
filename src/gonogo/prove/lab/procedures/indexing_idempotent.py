"""The same documents are indexed twice; then half of them go and come again, in a run that is killed and resumed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gonogo.facts import Retrieval
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import pages
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

_WRITES = ("upsert", "insert", "update")
_GRACE_S = 1.0
"""How long a run may hang at a write beyond the time of a whole run before it is killed."""


async def play(play: Play) -> None:
    """Play both runs, and the one that hangs in the middle of its writes until it is killed."""
    room = play.session.room
    await play.ready()
    indexer = Indexer(play)
    whole = list(pages())
    half = whole[len(whole) // 2 :]

    async def case(name: str, run: Callable[[], Awaitable[object]] = indexer.run, script: Script | None = None) -> None:
        room.play(play.scenario.scenario, name, script or Script())
        play.tell(f"{play.scenario.scenario}: {name}")
        await run()
        indexer.read_back(vectors=True)
        play.done.append(name)

    indexer.put(*whole)
    took: list[float] = []

    async def timed() -> None:
        took.append((await indexer.run()).elapsed_ms / 1000)

    await case("first", timed)
    writes = sum(isinstance(f, Retrieval) and f.operation in _WRITES for f in room.facts)
    await case("second")
    indexer.remove(*half)
    await case("fewer")
    indexer.put(*half)
    hang = Fault(fault="hang-before-headers", boundary="retrieval", operations=_WRITES, after=writes // 4)

    async def killed() -> None:
        await indexer.run(deadline_s=took[0] + _GRACE_S, must=False)

    await case("killed", killed, Script(faults=(hang,)))
    await case("resumed")
