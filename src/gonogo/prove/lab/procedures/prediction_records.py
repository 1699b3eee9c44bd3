"""Records that a schema refuses, a batch of a good one and a bad one, and records with unusual values."""

from __future__ import annotations

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import broken, record_of, takes_several, unusual, usual_output, with_records
from gonogo.prove.lab.script import Script


async def play(play: Play) -> None:
    """Play every declared endpoint, the good record first."""
    await play.ready()
    for endpoint, journey in predicting(play.system):
        await _endpoint(play, endpoint, journey)
    play.done += ["healthy", "invalid", "batch", "unusual"]


async def _endpoint(play: Play, endpoint: PredictionEndpoint, journey: Journey) -> None:
    session = play.session
    good = record_of(endpoint, journey)
    if not isinstance(good, dict) or not endpoint.fields:
        raise CollectError(
            f"the records of predictions[{endpoint.name}] are not declared",
            mend="say where a record stands in the journey's body (record:), and the schema of its fields (fields:)",
        )
    script = Script(predictions={} if (usual := usual_output(endpoint)) is None else {"*": usual})

    async def send(purpose: str, name: str, *records: object) -> None:
        await session.ask(with_records(endpoint, journey, records, name), purpose)
        play.sent += 1

    session.room.play(play.scenario.scenario, "healthy", script)
    await send("journey", journey.name, good)
    session.room.case = "invalid"
    for name, record in broken(endpoint, good):
        await send("record", name, record)
    session.room.case = "batch"
    if takes_several(endpoint):
        name, record = next(broken(endpoint, good))
        await send("record", f"a good record, and one with {name}", good, record)
    session.room.case = "unusual"
    for name, kind, record in unusual(endpoint, good):
        await send("record", f"{name}: {kind}", record)
