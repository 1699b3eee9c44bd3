"""Equal questions, and questions that differ in what an answer depends on, before and after a purge and an hour."""

from __future__ import annotations

import asyncio

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey
from gonogo.facts.lab_declaration import Cache
from gonogo.prove.drive.asking import ask
from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script
from gonogo.prove.lab.sessions import asked

TTL_S = 3600
"""The threshold `ttl_s` of the control."""
_SETTLED_S = 0.5
"""How long an app gets to put an answer into its cache."""


async def play(play: Play) -> None:
    """Play each case with a question of its own: what was asked in another must not answer it."""
    session, cache = play.session, play.session.settings.cache
    assert cache  # noqa: S101  (the scenario needs it)
    journey = next((j for j in play.system.journeys if j.name == cache.journey), None)
    if journey is None:
        raise CollectError(f"lab.cache: there is no journey {cache.journey!r}", mend="name one of journeys:")
    clock = session.clock()
    timed = dict(clock.variables) if clock else {}
    await play.anew(timed)
    _case(play, "healthy")
    await play.send(Send())
    play.done.append("healthy")
    for _ in range(3):
        await _put(play, journey, "equal")
    await _put(play, journey, "equal", case="tenant", identity=_another_tenant(play, journey))
    play.done += ["equal", "tenant"]
    await _personal(play, cache)
    if cache.purge:
        await _put(play, journey, "purged")
        admin = next((i.name for i in play.system.identities if i.role == "admin"), None)
        await asked(play, cache.purge, "purge", identity=admin)
        await _put(play, journey, "purged")
        play.done.append("purged")
    for what, variables in cache.changes.items():
        case = f"changed-{what}"
        await session.renew(timed)
        await _put(play, journey, case)
        if await session.renew({**timed, **variables}):
            await _put(play, journey, case)
            play.done.append(case)
    if clock is None:
        play.cut |= dict.fromkeys(("expired", "stale"), f"the clock of the app cannot be shifted here; {MEND}")
        return
    await session.renew(timed)
    await _put(play, journey, "expired")
    clock.set(TTL_S + 60)
    await _put(play, journey, "expired")
    clock.set(2 * (TTL_S + 60))
    await _put(play, journey, "expired", case="stale", script=Script(faults=(Fault(fault="status", status=500),)))
    play.done += ["expired", "stale"]


def _case(play: Play, case: str, script: Script | None = None) -> None:
    play.tell(f"{play.scenario.scenario}: {case}")
    play.session.room.play(play.scenario.scenario, case, script or Script())


async def _put(
    play: Play, journey: Journey, question: str, *, case: str = "", identity: str | None = None,
    script: Script | None = None,
) -> None:  # fmt: skip
    """Put a question of this name."""
    _case(play, case or question, script)
    await play.session.ask(ask(journey, play.new_id(), text=f"When are you open ({question})?", identity=identity))
    play.sent += 1
    await asyncio.sleep(_SETTLED_S)


async def _personal(play: Play, cache: Cache) -> None:
    for journey in play.system.journeys:
        if journey.name in cache.personal:
            for _ in range(2):
                await _put(play, journey, "personal")
    play.done.append("personal")


def _another_tenant(play: Play, journey: Journey) -> str | None:
    """Return an identity of another tenant than the journey's, or else another identity."""
    known = {i.name: i for i in play.system.identities}
    own = known.get(journey.identity or "") or play.system.identities[0]
    others = [i for i in play.system.identities if i.name != own.name]
    return next((i.name for i in others if i.tenant != own.tenant), others[0].name)
