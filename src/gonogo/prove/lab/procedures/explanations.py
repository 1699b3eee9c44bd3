"""One feature after another decides the prediction; each prediction's explanation is asked for twice."""

from __future__ import annotations

import dataclasses
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import record_of, with_records
from gonogo.prove.lab.script import Decisive, Script

_PLACES = (0.8, 0.3)
"""Where in a field's range the values lie: not in its middle, which may be what they are held against."""


async def play(play: Play) -> None:
    """Play the first endpoint that explains its predictions."""
    session = play.session
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].explanation), predicting(play.system)[0])
    good = record_of(endpoint, journey)
    if not (endpoint.explanation and endpoint.id and isinstance(good, dict) and endpoint.fields):
        raise CollectError(
            f"it is not declared where predictions[{endpoint.name}] are explained",
            mend="declare predictions[].explanation, .id, .record and .fields in gonogo.yaml",
        )
    for decisive in _decisive(endpoint, good):
        session.room.play(play.scenario.scenario, f"decisive {decisive.field}", Script(decisive=decisive))
        for value in _values(endpoint.fields[decisive.field], decisive):
            record = {**good, decisive.field: value}
            came = await session.ask(with_records(endpoint, journey, [record], journey.name))
            id = value_at(came.body, endpoint.id)
            for _ in range(2 if id is not None else 0):
                await session.ask(_explain(journey, endpoint.explanation.replace("{id}", str(id))), "explanation")
        play.done.append(session.room.case)


def _explain(journey: Journey, path: str) -> Any:
    asked = ask(journey, Play.new_id())
    return dataclasses.replace(asked, method="GET", path=path, body=None, name="explanation", said="explanation")


def _decisive(endpoint: PredictionEndpoint, good: dict[str, Any]) -> list[Decisive]:
    """Return each field that a record can differ in, with the outputs that it leads to."""
    found = []
    low = endpoint.output_min if endpoint.output_min is not None else 0.0
    high = endpoint.output_max if endpoint.output_max is not None else low + 1
    for place, (name, schema) in enumerate(endpoint.fields.items()):
        least, most = (schema.get(edge) for edge in ("minimum", "maximum"))
        value = good.get(name)
        if not isinstance(least, int | float) or not isinstance(most, int | float):
            if not isinstance(value, int | float):
                least, most = 0.0, 1.0
            else:
                least, most = value - abs(value) / 2 - 1, value + abs(value) / 2 + 1
        if least < most:
            found.append(
                Decisive(
                    field=name, place=place, least=least, most=most, low=low, high=high, classes=endpoint.classes
                )
            )  # fmt: skip
    return found


def _values(schema: dict[str, Any], decisive: Decisive) -> list[Any]:
    """Return two values of a field that are far apart."""
    names = schema.get("enum")
    if isinstance(names, list) and names:
        return [names[0], names[-1]]
    values = [decisive.least + place * (decisive.most - decisive.least) for place in _PLACES]
    return values if "number" in str(schema.get("type")) else [round(v) for v in values]
