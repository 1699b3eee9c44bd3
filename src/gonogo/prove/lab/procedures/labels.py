"""Predictions, and their true values one and two days later: as good as at release first, and then much worse."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts import ChannelMessage
from gonogo.facts.declaration import Accuracy, Journey, PredictionEndpoint
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask
from gonogo.prove.drive.clock import MEND, shifted
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import feedback, takes_whole_numbers, usual_output
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.shifts import expected, true_value

_LABELS = 200
"""Labels of one day: the threshold `min_labels` of the control."""
_ALERT_S = 0.6


async def play(play: Play) -> None:
    """Play the first endpoint that declares its accuracy."""
    session = play.session
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].accuracy), predicting(play.system)[0])
    if not (endpoint.accuracy and endpoint.id and endpoint.feedback and endpoint.feedback.label):
        raise CollectError(
            f"it is not declared how labels reach predictions[{endpoint.name}], and where its accuracy is told",
            mend="declare predictions[].id, .feedback with its label, and .accuracy in gonogo.yaml",
        )
    usual = usual_output(endpoint)
    script = Script(predictions={} if usual is None else {"*": usual})
    session.room.play(play.scenario.scenario, "healthy", script)
    before = len(session.room.facts)
    came = [await session.ask(ask(journey, play.new_id())) for _ in range(2 * _LABELS)]
    made = [(str(id), value_at(e.body, endpoint.output)) for e in came if (id := value_at(e.body, endpoint.id))]
    play.forget(before)
    play.measure("predictions", len(made))
    play.done.append("healthy")
    for day, case in enumerate(("steady", "falling"), start=1):
        later = shifted(f"+{day}d")
        if later is None:
            play.cut[case] = f"the clock of the app cannot be shifted here; {MEND}"
            return
        session.room.play(play.scenario.scenario, case, script)
        play.tell(f"{play.scenario.scenario}: {case}")
        await play.anew(later)
        await _labels(
            play, endpoint, journey, endpoint.accuracy, made[(day - 1) * _LABELS :][:_LABELS], case == "falling"
        )
        play.done.append(case)


async def _labels(
    play: Play,
    endpoint: PredictionEndpoint,
    journey: Journey,
    accuracy: Accuracy,
    made: Sequence[tuple[str, Any]],
    falling: bool,
) -> None:
    """Post the labels of a day, as accurate as at release or worse; then read what the service tells."""
    room = play.session.room
    before, taken = len(room.facts), 0
    given = endpoint.feedback
    assert given is not None  # noqa: S101  (the caller looked)
    whole = takes_whole_numbers(given)
    for place, (id, value) in enumerate(made):
        label = true_value(endpoint, accuracy, value, place / len(made), falling)
        told = feedback(given, journey, id, round(label) if whole and isinstance(label, float) else label)
        taken += (await play.session.ask(told, "feedback")).status in range(200, 300)
        play.sent += 1
    await asyncio.sleep(_ALERT_S)
    play.forget(before, ChannelMessage)
    read = dataclasses.replace(
        ask(journey, play.new_id()), method="GET", path=accuracy.path, body=None, name="accuracy"
    )
    await play.session.ask(read, "accuracy")
    play.measure("labels", taken, subject=accuracy.metric)
    play.measure("expected", expected(accuracy, falling), subject=accuracy.metric)
