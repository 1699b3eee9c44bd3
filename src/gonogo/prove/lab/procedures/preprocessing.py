"""The tests, for the lines of feature code that they run; and the same raw records through serving and training."""

from __future__ import annotations

import dataclasses
import json
from random import Random
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts import Prediction
from gonogo.facts.declaration import Journey, PredictionEndpoint, Preprocessing
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.procedures.unit_tests import run_suite
from gonogo.prove.lab.records import record_of, unusual, usual_output, with_records
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.shifts import drawn, equal, features_of, training_rows

_TRAINING_S = 60.0
_DRAWN = 20


async def play(play: Play) -> None:
    """Play the first endpoint that says how its features are made."""
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].preprocessing), predicting(play.system)[0])
    if endpoint.preprocessing is None:
        raise CollectError(
            f"it is not declared how the features of predictions[{endpoint.name}] are made",
            mend="declare predictions[].preprocessing in gonogo.yaml: modules, training",
        )
    suite = play.system.tests
    assert suite is not None  # noqa: S101  (the scenario needs it)
    await run_suite(play, dataclasses.replace(suite, core=endpoint.preprocessing.modules))
    play.session.room.case = "features"
    await _features(play, endpoint, journey, endpoint.preprocessing)
    play.done.append("features")


async def _features(play: Play, endpoint: PredictionEndpoint, journey: Journey, how: Preprocessing) -> None:
    """Send records to the service, and those that reached the model through the training code as well."""
    session, good = play.session, record_of(endpoint, journey)
    # not a number is not JSON either, and a service gets it only by the leniency of its parser
    odd = [record for _, kind, record in unusual(endpoint, good) if kind != "nan"] if isinstance(good, dict) else []
    records = [good, *odd]
    try:
        rows = training_rows(session.box.copy, play.system, endpoint)
        records += drawn(rows, _DRAWN, Random(play.scenario.scenario))  # noqa: S311  (repeatable, not secret)
    except CollectError:
        pass  # the records of the declaration are enough to compare
    usual = usual_output(endpoint)
    session.room.script = Script(predictions={} if usual is None else {"*": usual})
    served: list[tuple[Any, Any]] = []
    for record in records:
        before = len(session.room.facts)
        await session.ask(with_records(endpoint, journey, [record], "features"))
        seen = next((f for f in session.room.facts[before:] if isinstance(f, Prediction) and f.inputs), None)
        if seen is not None:
            served.append((record, features_of(json.loads(seen.inputs))))
        play.forget(before)
    raw = "".join(json.dumps(record) + "\n" for record, _ in served)
    ran = await session.box.run(
        how.training, environment=session.environment(), stdin=raw.encode(), timeout_s=_TRAINING_S
    )
    made = [_json(line) for line in ran.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    play.measure("served", len(served), "records")
    play.measure("trained", len(made), "records", text=ran.stderr.decode("utf-8", "replace").strip()[-300:])
    differ = [(r, s, t) for (r, s), t in zip(served, made, strict=False) if not equal(s, t)]
    said = "; ".join(f"of {r}: serving {s}, training {t}" for r, s, t in differ[:2])
    play.measure("difference", len(differ), "records", text=said[:600])


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line
