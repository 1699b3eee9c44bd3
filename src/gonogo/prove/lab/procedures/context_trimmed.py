"""Fifty turns of a conversation; and where there is a search, it finds documents that are too long to be sent whole."""

from __future__ import annotations

import dataclasses
from typing import Any

from gonogo.derive import marks
from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey
from gonogo.prove.drive.asking import ask, encoded
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Document, Script

TURNS = 50
_LONG = "The weather was fine and nobody had anything to add to what was said about it before. " * 4
_ANSWER = Script(answers=(Answer(text="{marker} " + _LONG),))
_PAGES = 60
"""How often the filling text comes before and after the passage that matters."""


async def play(play: Play) -> None:
    """Play each journey for which a budget of context is declared."""
    room, system = play.session.room, play.system
    declared = system.lab.context if system.lab else {}
    journeys = [j for j in system.journeys if j.name in declared]
    if not journeys:
        raise CollectError(
            "no journey has a budget of context", mend="say in lab: {context: {JOURNEY: TOKENS}} of gonogo.yaml"
        )
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    for journey in journeys:
        room.play(play.scenario.scenario, "chat", _ANSWER)
        play.tell(f"{play.scenario.scenario}: {TURNS} turns of {journey.name}")
        said: list[tuple[str, str]] = []
        for number in range(1, TURNS + 1):
            text = f"{marks.turn(number)}: {_LONG}"
            made = ask(journey, play.new_id(), text=text)
            came = await play.session.ask(dataclasses.replace(made, body=encoded(_with(journey, text, said))))
            said.append((text, came.answer))
            play.sent += 1
    play.done.append("chat")
    if any(v in ("qdrant", "chroma", "opensearch") for v in (system.lab.point.values() if system.lab else ())):
        room.play(play.scenario.scenario, "documents", Script(documents=tuple(_documents(play, journeys[0]))))
        for journey in journeys:
            await play.session.ask(ask(journey, play.new_id()))
            play.sent += 1
        play.done.append("documents")


def _with(journey: Journey, text: str, said: list[tuple[str, str]]) -> Any:
    """Return the body of a turn. Where the caller sends the history itself, all that was said until then is in it."""
    from gonogo.prove.drive.asking import with_text

    body = with_text(journey.body, text)
    if not isinstance(body, dict):
        return body
    for name, value in body.items():
        if isinstance(value, list) and value and all(isinstance(m, dict) and "role" in m for m in value):
            past = [m for q, a in said for m in ({"role": "user", "content": q}, {"role": "assistant", "content": a})]
            return {**body, name: [*value[:-1], *past, value[-1]]}
    return body


def _documents(play: Play, journey: Journey) -> list[Document]:
    """Return long documents with what the journey asks for in their middle, marked."""
    asked = journey.body if isinstance(journey.body, dict) else {}
    question = max((v for v in asked.values() if isinstance(v, str)), key=len, default="")
    return [
        Document(
            id=f"long-{n}",
            text=f"{_LONG * _PAGES}\n\n{passage} {question} This is the answer to it.\n\n{_LONG * _PAGES}",
        )
        for n, passage in enumerate(marks.PASSAGES)
    ]
