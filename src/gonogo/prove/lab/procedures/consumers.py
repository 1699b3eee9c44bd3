"""Responses go to the parser of the program that uses them: as they came, and with a field missing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import record_of, unusual, usual_output, with_records
from gonogo.prove.lab.script import Fault, Script

_TEXTS = ("Where is my parcel?", "Please cancel my order of last week, it came broken.", "Änderung der Anschrift?")
_LIMIT_S = 20.0


async def play(play: Play) -> None:
    """Play every journey that a program uses, with the model well and with it away."""
    session = play.session
    await play.ready()
    endpoints = {journey.name: endpoint for endpoint, journey in predicting(play.system)}
    usual = next((output for e in endpoints.values() if (output := usual_output(e)) is not None), None)
    outputs = {} if usual is None else {"*": usual}
    away = tuple(Fault(fault="status", boundary=boundary) for boundary in ("model", "prediction"))
    for case, faults in (("healthy", ()), ("away", away)):
        session.room.play(play.scenario.scenario, case, Script(predictions=outputs, faults=faults))
        for journey in play.system.journeys:
            if journey.consumer:
                asks = list(_asks(journey, endpoints.get(journey.name)))
                await _fed(play, journey, asks if case == "healthy" else asks[:2], probes=case == "healthy")
        play.done.append(case)


def _asks(journey: Journey, endpoint: PredictionEndpoint | None) -> Iterator[Ask]:
    """Yield requests whose responses may be of different form."""
    yield ask(journey, Play.new_id())
    good = record_of(endpoint, journey) if endpoint else None
    if endpoint and isinstance(good, dict):
        for name, kind, record in unusual(endpoint, good):
            if kind != "nan":  # which is no JSON
                yield with_records(endpoint, journey, [record], f"{name}: {kind}")
    else:
        for text in _TEXTS:
            yield ask(journey, Play.new_id(), text=text)


async def _fed(play: Play, journey: Journey, asks: list[Ask], probes: bool) -> None:
    """Send the requests, and feed each good response; then one with each of its fields taken out."""
    session = play.session
    bodies: list[bytes] = []
    for asked in asks:
        exchange = await session.ask(asked)
        play.sent += 1
        if exchange.exit_code == 0 or (exchange.status is not None and exchange.status < 300):
            bodies.append(session.came.content)
    refused = [said for body in bodies if (said := await _refusal(play, journey, body)) is not None]
    play.measure("fed", len(bodies), "responses", journey.name)
    play.measure("refused", len(refused), "responses", journey.name, "; ".join(refused)[:600])
    if probes and bodies:
        broken = list(_broken(bodies[0]))
        noticed = [name for name, body in broken if await _refusal(play, journey, body) is not None]
        play.measure("fields-needed", len(noticed), "fields", journey.name, ", ".join(noticed)[:300])


async def _refusal(play: Play, journey: Journey, body: bytes) -> str | None:
    """Return what the parser said where it refuses a response, None where it takes it."""
    ran = await play.session.box.run(
        journey.consumer, environment=play.session.environment(), stdin=body, timeout_s=_LIMIT_S
    )
    if ran.exit_code in (126, 127):
        raise CollectError(f"{journey.consumer[0]} cannot be run", mend="correct journeys[].consumer in gonogo.yaml")
    if ran.exit_code == 0:
        return None
    said = (ran.stderr or ran.stdout).decode("utf-8", "replace").strip()
    return said[-160:] or f"exit code {ran.exit_code}"


def _broken(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a JSON response without each of its fields in turn, the first of a list standing for all; or a cut one."""
    try:
        document = json.loads(body)
    except ValueError:
        yield "its second half", body[: len(body) // 2]
        return
    for place in _fields(document):
        without = copy.deepcopy(document)
        inner: Any = without
        for part in place[:-1]:
            inner = inner[part]
        del inner[place[-1]]
        yield "/".join(map(str, place)), json.dumps(without).encode()


def _fields(document: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield (*place, key)
            yield from _fields(value, (*place, key))
    elif isinstance(document, list) and document:
        yield from _fields(document[0], (*place, 0))
