"""Every identity asks, first with one version for all, and then with a new one for some, all at the same time."""

from __future__ import annotations

import asyncio

from gonogo.errors import CollectError
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

_TIMES = 4


async def play(play: Play) -> None:
    """Play both; requests of different users cross, so that a version that stays from the last one is seen."""
    await play.ready()
    deployment = play.system.deployment
    new = deployment.segment if deployment else None
    assert new is not None  # noqa: S101  (the scenario needs it)
    names = [identity.name for identity in play.system.identities]
    if unknown := set(new.identities) - set(names):
        raise CollectError(
            f"deployment.segment is for {', '.join(sorted(unknown))}, which identities: does not have",
            mend="name declared identities in deployment.segment.identities",
        )
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    for name in names:
        await play.send(Send(identity=name))
    play.done.append("healthy")
    await play.anew(new.environment)
    play.session.room.play(play.scenario.scenario, "segment", Script())
    await asyncio.gather(*(play.send(Send(identity=name, times=_TIMES)) for name in names))
    play.done.append("segment")
