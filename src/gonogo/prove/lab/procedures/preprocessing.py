"""The tests of feature code, with the lines that they run; and the same raw records through serving and training."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts import Prediction
from gonogo.facts.declaration import Journey, PredictionEndpoint, Preprocessing
from gonogo.prove.drive.walls import ROOM
from gonogo.prove.lab.play import Play, predicting
from gonogo.prove.lab.records import record_of, unusual, usual_output, with_records
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.shifts import drawn, equal, features_of, training_rows

_TESTS_S, _TRAINING_S = 300.0, 60.0
_DRAWN = 20
_TRACING = Path(__file__).parents[1] / "tracing.py"
"""Loaded by the app's Python in the box, and never by ours."""
_PLACE = "gonogo-tracing"
_LINES = ".gonogo-lines.jsonl"


async def play(play: Play) -> None:
    """Play the first endpoint that says how its features are made."""
    await play.ready()
    endpoint, journey = next((p for p in predicting(play.system) if p[0].preprocessing), predicting(play.system)[0])
    if endpoint.preprocessing is None:
        raise CollectError(
            f"it is not declared how the features of predictions[{endpoint.name}] are made and tested",
            mend="declare predictions[].preprocessing in gonogo.yaml: tests, modules, training",
        )
    play.session.room.play(play.scenario.scenario, "tests", Script())
    await _tests(play, endpoint.preprocessing)
    play.session.room.case = "features"
    await _features(play, endpoint, journey, endpoint.preprocessing)
    play.done += ["tests", "features"]


async def _tests(play: Play, how: Preprocessing) -> None:
    """Run the tests, and keep how they ended and the share of each module's lines that they ran."""
    box = play.session.box
    found = sorted({p for glob in how.modules for p in box.copy.glob(glob) if p.is_file()})
    modules = [p.relative_to(box.copy).as_posix() for p in found]
    if not modules:
        raise CollectError("predictions[].preprocessing.modules names no file", mend="correct the globs in gonogo.yaml")
    tracer = box.room / _PLACE
    tracer.mkdir(exist_ok=True)
    shutil.copy(_TRACING, tracer / "sitecustomize.py")
    environment = play.session.environment()
    before = environment.get("PYTHONPATH")
    ran = await box.run(
        how.tests,
        environment={
            **environment, "PYTHONPATH": f"{ROOM}/{_PLACE}" + (f":{before}" if before else ""),
            "GONOGO_ROOT": str(box.root), "GONOGO_TRACED": ":".join(modules), "GONOGO_LINES": f"{box.root}/{_LINES}",
        },
        timeout_s=_TESTS_S,
    )  # fmt: skip
    said = (ran.stderr or ran.stdout).decode("utf-8", "replace").strip()
    play.measure("exit-code", -1 if ran.exit_code is None else ran.exit_code, text=said[-300:])
    lines: dict[str, set[int]] = {}
    covered: dict[str, set[int]] = {}
    place = box.copy / _LINES
    for line in place.read_text().splitlines() if place.is_file() else ():
        for name, told in json.loads(line).items():
            lines.setdefault(name, set()).update(told["lines"])
            covered.setdefault(name, set()).update(told["ran"])
    for name, known in lines.items():
        missed = sorted(known - covered[name])
        play.measure("coverage", 100 * (1 - len(missed) / max(1, len(known))), "%", name, f"lines {missed[:20]}")


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
