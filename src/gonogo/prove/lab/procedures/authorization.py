"""One user makes each kind of object, reads and changes it; others then try the same ids."""

from __future__ import annotations

import dataclasses
import json

from gonogo.errors import CollectError
from gonogo.facts.lab_declaration import OwnedObject
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script
from gonogo.screen import canaries


async def play(play: Play) -> None:
    """Play the owner, each other identity and nobody, and the owner again."""
    session, system = play.session, play.system
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    for journey in system.journeys[:1]:
        await session.ask(ask(journey, play.new_id()))
    play.done.append("healthy")
    for owned in session.settings.owned:
        await _object(play, owned)
    play.done += ["owner", "stranger", "afterwards"]


async def _object(play: Play, owned: OwnedObject) -> None:
    session, system = play.session, play.system
    journey = next((j for j in system.journeys if j.name == owned.journey), None)
    if journey is None:
        raise CollectError(f"lab.owned: there is no journey {owned.journey!r}", mend="name one of journeys:")
    canary = canaries.make(f"{owned.journey} of {journey.identity}")
    session.room.planted[f"of {journey.identity}"] = canary
    session.room.case = "owner"
    made = await session.ask(ask(journey, play.new_id(), text=f"Please remember {canary} for me."))
    id = value_at(made.body, owned.id)
    if not isinstance(id, str | int):
        raise CollectError(
            f"the answer of {journey.name} names no object at {owned.id}: status {made.status}",
            mend="correct lab.owned[].id in gonogo.yaml",
        )
    path = owned.path.replace("{id}", str(id))

    async def read(who: str | None) -> None:
        await session.ask(Ask(id=play.new_id(), name=f"read {owned.path}", method="GET", path=path, identity=who,
                              said="read", deadline_s=15), "object")  # fmt: skip

    async def change(who: str | None, word: str) -> None:
        if owned.change is None:
            return
        body = json.loads(json.dumps(owned.change).replace("{canary}", word))
        asked = Ask(
            id=play.new_id(), name=f"change {owned.path}", method=owned.method, path=path, identity=who,
            headers={"Content-Type": "application/json"}, body=encoded(body), said="change", deadline_s=15,
        )  # fmt: skip
        await session.ask(asked, "object")

    await read(journey.identity)
    await change(journey.identity, canary)
    session.room.case = "stranger"
    strangers: list[str | None] = [
        i.name for i in system.identities if i.name != journey.identity and i.role != "admin"
    ]
    for who in [*strangers, None]:
        await read(who)
        await change(who, f"changed by {who or 'nobody'}")
        again = dataclasses.replace(ask(journey, play.new_id(), text="What did I ask before?"), identity=who)
        await session.ask(again, "object")
    session.room.case = "afterwards"
    await read(journey.identity)
    play.sent += 3 + 3 * (len(strangers) + 1)
