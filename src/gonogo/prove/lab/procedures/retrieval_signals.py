"""Two answers from known documents; a click on the second document of the first answer, and a vote on that answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from gonogo.errors import CollectError
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask, encoded, filled
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Document, Script

_SETTLE_S = 0.3
_KNOWN = (
    Document(id="shown-1", text="Tulips are watered at dawn by the gardener.", score=0.93),
    Document(id="shown-2", text="Roses are pruned on frosty mornings in March.", score=0.88),
)


async def play(play: Play) -> None:
    """Play the answers, and then the signals on the first."""
    session = play.session
    signals = next((i.signals for i in play.system.indexes if i.signals), None)
    if signals is None:
        raise CollectError(
            "gonogo.yaml does not say how users' signals arrive: indexes[].signals",
            mend="add indexes[].signals: where an answer names itself and its documents, and how a click is sent",
        )
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script(documents=_KNOWN))
    came = [await session.ask(ask(play.system.journeys[0], play.new_id())) for _ in range(2)]
    play.sent += len(came)
    id, shown = value_at(came[0].body, signals.id), value_at(came[0].body, signals.documents)
    if not isinstance(id, str | int) or not isinstance(shown, list) or len(shown) < len(_KNOWN):
        raise CollectError(
            f"the answer names neither itself at {signals.id} nor its documents at {signals.documents}: "
            f"status {came[0].status}",
            mend="correct indexes[].signals in gonogo.yaml",
        )
    second = shown[1].get("id") if isinstance(shown[1], dict) else shown[1]
    for kind, given in (("click", signals.click), ("vote", signals.vote)):
        if given is not None:
            session.room.case = kind
            asked = replace(
                ask(play.system.journeys[0], play.new_id()), path=given.path, name=kind,
                body=encoded(filled(given.body, id=id, document=second, rank=2)),
            )  # fmt: skip
            await session.ask(asked, "signal")
            play.done.append(kind)
    await asyncio.sleep(_SETTLE_S)
    session.read_logs()
    play.done.append("healthy")
