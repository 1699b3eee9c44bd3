"""Distinct predictions, one of them a fallback; feedback on the first; then a kill, and what the log holds after it."""

from __future__ import annotations

import dataclasses
from typing import Any

from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import feedback, record_of, usual_output, with_records
from gonogo.prove.lab.script import Fault, Script

_DISTINCT = 4


async def play(play: Play) -> None:
    """Play the first declared endpoint that names its predictions."""
    session = play.session
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].id), predicting(play.system)[0])
    usual = usual_output(endpoint)
    script = Script(predictions={} if usual is None else {"*": usual})
    session.room.play(play.scenario.scenario, "healthy", script)
    came = [await session.ask(asked) for asked in _distinct(endpoint, journey)]
    crash = Fault(fault="reset", boundary="prediction")
    session.room.play(play.scenario.scenario, "fallback", dataclasses.replace(script, faults=(crash,)))
    await session.ask(ask(journey, play.new_id()))
    play.sent += len(came) + 1
    session.room.play(play.scenario.scenario, "feedback", script)
    id = str(value_at(came[0].body, endpoint.id)) if came and endpoint.id else ""
    if id and endpoint.feedback:
        await session.ask(feedback(endpoint.feedback, journey, id), "feedback")
        play.sent += 1
    play.done += ["healthy", "fallback", "feedback"]
    session.room.case = "after-restart"
    await session.stop("KILL")
    await play.ready()
    session.read_logs()
    play.done.append("after-restart")


def _distinct(endpoint: PredictionEndpoint, journey: Journey) -> list[Any]:
    """Return requests that differ in one number, where a field has a range."""
    good: Any = record_of(endpoint, journey)
    ranged = next((n for n, s in endpoint.fields.items() if isinstance(s.get("minimum"), int | float)), None)
    if ranged is None or not isinstance(good, dict):
        return [ask(journey, Play.new_id()) for _ in range(_DISTINCT)]
    low: Any = endpoint.fields[ranged]["minimum"]
    return [
        dataclasses.replace(with_records(endpoint, journey, [{**good, ranged: low + n}], journey.name), said="")
        for n in range(_DISTINCT)
    ]
