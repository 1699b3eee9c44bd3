"""A question of several parts, for each of which the store has other documents, and some for both."""

from __future__ import annotations

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Document, Fault, Script

_FIRST = (
    Document(id="part-1", text="Tulips are watered at dawn by the gardener.", score=0.91, queries=(1,)),
    Document(id="part-2", text="Roses are pruned on frosty mornings in March.", score=0.72, queries=(1,)),
)
_SECOND = (
    Document(id="part-3", text="Violins are tuned before the doors open.", score=0.86, queries=(2,)),
    Document(id="part-4", text="Drums are carried up the back stairs.", score=0.66, queries=(2,)),
)
_BOTH = (Document(id="part-5", text="The caretaker has a list of everything.", score=0.95, queries=(1, 2)),)


async def play(play: Play) -> None:
    """Play disjoint sets, overlapping ones, and the failure of each part."""
    compound = next((i.compound for i in play.system.indexes if i.compound), None)
    if compound is None:
        raise CollectError(
            "gonogo.yaml names no question that is split into parts: indexes[].compound",
            mend="add indexes[].compound: a question that the app splits before it searches",
        )
    await play.ready()
    overlapping = (*_FIRST[:1], *_SECOND[:1], *_BOTH)
    cases = {
        "healthy": Script(documents=(*_FIRST, *_SECOND)),
        "overlapping": Script(documents=overlapping),
        "first fails": Script(documents=overlapping, faults=(_failing(after=0),)),
        "second fails": Script(documents=overlapping, faults=(_failing(after=1),)),
    }
    for name, script in cases.items():
        play.session.room.play(play.scenario.scenario, name, script)
        await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=compound))
        play.sent += 1
        play.done.append(name)


def _failing(after: int) -> Fault:
    return Fault(fault="status", boundary="retrieval", operations=("query",), status=500, after=after, count=1)
