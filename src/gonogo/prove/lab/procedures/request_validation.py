"""Each journey once as it is declared, and then with its body spoilt in every way that a schema forbids."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterator
from typing import Any

from gonogo.facts.declaration import Journey
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

DEPTH = 200
"""Levels of a nested list: more than any schema needs, fewer than a parser's own limit."""


async def play(play: Play) -> None:
    """Play the healthy journeys, and each of them malformed."""
    session = play.session
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    session.room.case = "malformed"
    for journey in play.system.journeys:
        if journey.path and isinstance(journey.body, dict):
            for name, body in malformed(journey):
                made = ask(journey, secrets.token_hex(16))
                await session.ask(dataclasses.replace(made, body=body, name=f"{journey.name}: {name}"), "malformed")
                play.sent += 1
    play.done.append("malformed")


def malformed(journey: Journey) -> Iterator[tuple[str, bytes]]:
    """Yield bodies that a schema of the journey's body refuses, each with its name."""
    body = journey.body
    assert isinstance(body, dict)  # noqa: S101  (the caller looked)
    nested: Any = "x"
    for _ in range(DEPTH):
        nested = [nested]
    yield "no JSON", b"{"
    yield "empty", b""
    yield "a list", b"[]"
    yield "a text", b'"text"'
    yield "an unknown key", json.dumps({**body, "lab_unknown_key": 1}).encode()
    for key, value in body.items():
        rest = {k: v for k, v in body.items() if k != key}
        wrong = 7 if isinstance(value, str) else "seven"
        yield f"{key} missing", json.dumps(rest).encode()
        yield f"{key} null", json.dumps({**body, key: None}).encode()
        yield f"{key} of a wrong type", json.dumps({**body, key: wrong}).encode()
        yield f"{key} an object", json.dumps({**body, key: {"$ne": None}}).encode()
        yield f"{key} nested deep", json.dumps({**body, key: nested}).encode()
        yield f"{key} not a number", json.dumps({**body, key: float("nan")}).encode()
