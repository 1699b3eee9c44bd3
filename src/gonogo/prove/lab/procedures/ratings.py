"""Distinct answers, and then a rating of each, in another order."""

from __future__ import annotations

import dataclasses

from gonogo.errors import CollectError
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import feedback
from gonogo.prove.lab.script import Script

_TEXTS = ("How late are you open?", "Where do I park?", "Who brings my parcel?", "What does it cost?")


async def play(play: Play) -> None:
    """Play the first journey that takes feedback; every other rating is bad."""
    session = play.session
    await play.ready()
    journey = next((j for j in play.system.journeys if j.feedback), None)
    if journey is None or journey.feedback is None or not journey.id:
        raise CollectError(
            "it is not declared how users rate an answer",
            mend="declare journeys[].id and journeys[].feedback in gonogo.yaml: path, body, label",
        )
    session.room.play(play.scenario.scenario, "healthy", Script())
    rated = []
    for text in _TEXTS:
        asked = ask(journey, play.new_id(), text=text)
        came = await session.ask(asked)
        rated.append((asked, value_at(came.body, journey.id)))
        play.sent += 1
    session.read_logs()  # what comes after it comes of the ratings
    play.done.append("healthy")
    session.room.play(play.scenario.scenario, "feedback", Script())
    for number, (asked, id) in reversed(list(enumerate(rated))):
        given = journey.feedback
        if id is not None:
            rating, name = (given.up, "up") if number % 2 == 0 else (given.down, "down")
            told = feedback(given, journey, str(id), rating)
            await session.ask(dataclasses.replace(told, name=name, said=asked.id), "feedback")
            play.sent += 1
    session.read_logs()
    play.done.append("feedback")
