"""One conversation with one instance, another with two in turn, which goes on when one of them is killed."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey
from gonogo.facts.lab_declaration import Conversation
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask, encoded
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

WORDS = ("amber", "birch", "cobalt", "damson", "elder", "fennel")
"""What is said in each turn, and is to be known in those that follow."""
_ALTERNATE = 4


async def play(play: Play) -> None:
    """Play the conversation in the three ways; the answers of all are to rest on what was said before."""
    session, scenario = play.session, play.scenario.scenario
    await play.ready()
    session.room.play(scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    declared = session.settings.conversation
    journey = next((j for j in play.system.journeys if declared and j.name == declared.journey), None)
    if declared is None or journey is None:
        play.cut["one"] = "lab.conversation is not declared, or names no declared journey"
        return
    session.room.play(scenario, "one", Script())
    await _talk(play, declared, journey, [0] * len(WORDS))
    play.done.append("one")
    if not await session.start_instance(1):
        raise CollectError("a second instance of the service does not become ready beside the first")
    session.room.play(scenario, "two", Script())
    id = await _talk(play, declared, journey, [n % 2 for n in range(_ALTERNATE)])
    play.done.append("two")
    session.room.play(scenario, "killed", Script())
    await session.end_first_instance()
    await _talk(play, declared, journey, [1] * (len(WORDS) - _ALTERNATE), id=id, said=_ALTERNATE)
    play.done.append("killed")


async def _talk(
    play: Play, declared: Conversation, journey: Journey, instances: list[int], id: Any = None, said: int = 0
) -> Any:
    """Say a word in each turn to the instance of that turn; return the conversation's id."""
    for number, instance in enumerate(instances, said):
        text = f"Turn {number + 1}: the next word is {WORDS[number]}."
        made = ask(journey, play.new_id(), text=text)
        body = copy.deepcopy(_body(made.body))
        if id is not None and isinstance(body, dict):
            _put(body, declared.into, id)
        made = dataclasses.replace(made, body=encoded(body), said=text)
        play.session.instance = instance
        try:
            await play.session.ask(made)
        finally:
            play.session.instance = 0
        play.sent += 1
        given = value_at(play.session.came.content.decode("utf-8", "replace"), declared.id)
        id = id if given is None else given
    return id


def _body(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"")
    except ValueError:
        return None


def _put(body: dict[str, Any], pointer: str, value: Any) -> None:
    """Set what stands at a JSON pointer of a body; objects on the way are made."""
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.strip("/").split("/")]
    for part in way:
        body = body.setdefault(part, {})
    body[last] = value
