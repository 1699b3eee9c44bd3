"""A conversation of a user with the app, turn by turn, as `lab.conversation` declares that one goes on."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

from gonogo.facts.declaration import Journey
from gonogo.facts.lab_declaration import Conversation
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask, encoded
from gonogo.prove.lab.play import Play

UNDECLARED = "lab.conversation is not declared, or names no declared journey"


class Talk:
    """One conversation. It begins with its first turn; every other one names it by what the answer before named."""

    def __init__(self, play: Play, declared: Conversation, journey: Journey) -> None:
        """Begin a new one."""
        self._play, self._declared, self._journey = play, declared, journey
        self._id: Any = None

    async def say(self, text: str, instance: int = 0) -> None:
        """Say `text` in the next turn, to that instance of the service."""
        play, session = self._play, self._play.session
        made = ask(self._journey, play.new_id(), text=text)
        body = copy.deepcopy(_body(made.body))
        if self._id is not None and isinstance(body, dict):
            _put(body, self._declared.into, self._id)
        made = dataclasses.replace(made, body=encoded(body), said=text)
        session.instance = instance
        try:
            await session.ask(made)
        finally:
            session.instance = 0
        play.sent += 1
        given = value_at(session.came.content.decode("utf-8", "replace"), self._declared.id)
        self._id = self._id if given is None else given


def declared_talk(play: Play) -> tuple[Conversation, Journey] | None:
    """Return how a conversation goes on, and the journey that does; None where that is not declared."""
    declared = play.session.settings.conversation
    journey = next((j for j in play.system.journeys if declared and j.name == declared.journey), None)
    return (declared, journey) if declared and journey else None


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
