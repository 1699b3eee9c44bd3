"""Rows drawn from training data, with or without a shift, and true values with a given error."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import fmean, pstdev
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts.declaration import Accuracy, PredictionEndpoint, System
from gonogo.prove.lab.records import UNSEEN, kinds_of

Row = dict[str, Any]

_LEAST_VALUES = 5
"""Numbers of fewer values are codes: to shift their mean means little."""
_MOST_NAMES = 50
"""Texts of more values than that are no categories."""
_FIRST, _FIRST_OFF = 0.1, 3.0
"""The share of a day's labels that come first, and how many times the usual error they show: few say nothing."""
_WORSE, _FEWER = 1.5, 0.2
"""How many times the error grows on the second day; by which share right classes become fewer."""
_NARROWED, _MIXED, _EMPTIED = 0.3, 0.5, 0.3


def training_rows(copy: Path, system: System, endpoint: PredictionEndpoint) -> list[Row]:
    """Return the rows of the declared training data that hold the endpoint's fields; raises `CollectError`."""
    needed = [name for name in endpoint.fields if name not in endpoint.optional]
    for dataset in system.datasets:
        place = (copy / dataset.path).resolve()
        if dataset.purpose != "training" or not place.is_relative_to(copy.resolve()) or not place.is_file():
            continue
        rows = [_of(row, endpoint) for row in _read(place)]
        rows = [row for row in rows if all(row.get(name) is not None for name in needed)]
        if needed and rows:
            return rows
    raise CollectError(
        f"there is no training data with the fields of predictions[{endpoint.name}]",
        mend="declare datasets: [{name: ..., path: FILE, purpose: training}], a .csv or .jsonl file, and "
        "predictions[].fields",
    )


def drawn(rows: Sequence[Row], count: int, random: Random) -> list[Row]:
    """Return so many rows with the distribution of `rows`."""
    return [dict(row) for row in random.choices(rows, k=count)]


def shifts(endpoint: PredictionEndpoint, rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield each shift that the training data allows: mean, variance, mix or missing, and the field."""
    for name, schema in endpoint.fields.items():
        values = [row[name] for row in rows if row.get(name) is not None]
        numeric = {"number", "integer"} & {*kinds_of(schema)}
        if numeric and len(set(values)) >= _LEAST_VALUES:
            yield "mean", name
            yield "variance", name
        if "string" in kinds_of(schema) and 1 < len(set(values)) <= _MOST_NAMES:
            yield "mix", name
        if endpoint.missing.get(name) in ("impute", "fallback"):
            yield "missing", name


def shifted(
    kind: str, name: str, endpoint: PredictionEndpoint, rows: Sequence[Row], drawn: list[Row], random: Random
) -> list[Row]:
    """Return the drawn rows with one field shifted; they stay within the field's schema."""
    values = [row[name] for row in rows if row.get(name) is not None]
    if kind == "mix":
        rarest = min(sorted(Counter(values).items()), key=lambda each: each[1])[0]
        return [{**row, name: rarest} if random.random() < _MIXED else row for row in drawn]
    if kind == "missing":
        return [{**row, name: None} if random.random() < _EMPTIED else row for row in drawn]
    schema = endpoint.fields[name]
    middle, spread = fmean(values), pstdev(values)
    low, high = (float(schema.get(edge, other)) for edge, other in (("minimum", -math.inf), ("maximum", math.inf)))  # type: ignore[arg-type]
    up = high - middle >= middle - low

    def moved(value: float) -> float:
        if kind == "variance":
            value = middle + (value - middle) * _NARROWED
        else:
            value = value + spread if up else value - spread
        value = min(max(value, low), high)
        return round(value) if "number" not in kinds_of(schema) else round(value, 3)

    return [row if row.get(name) is None else {**row, name: moved(row[name])} for row in drawn]


def expected(accuracy: Accuracy, falling: bool) -> float:
    """Return what the metric of a day comes to."""
    if accuracy.metric == "accuracy":
        return max(0.0, accuracy.baseline - _FEWER) if falling else accuracy.baseline
    return accuracy.baseline * (_WORSE if falling else 1)


def true_value(endpoint: PredictionEndpoint, accuracy: Accuracy, value: Any, place: float, falling: bool) -> Any:
    """Return the true value for a prediction; `place` is the share of the day's labels that came before."""
    off = expected(accuracy, falling)
    if accuracy.metric == "accuracy":
        return next((c for c in endpoint.classes if c != value), UNSEEN) if place < round(1 - off, 9) else value
    if accuracy.metric == "rmse":
        rest = math.sqrt((1 - _FIRST * _FIRST_OFF**2) / (1 - _FIRST))
    else:
        rest = (1 - _FIRST * _FIRST_OFF) / (1 - _FIRST)
    off *= _FIRST_OFF if place < _FIRST else rest
    return value / (1 + off) if accuracy.metric == "mape" else value - off


def _read(place: Path) -> Iterator[Mapping[str, Any]]:
    with place.open(encoding="utf-8", newline="") as file:
        if place.suffix == ".csv":
            yield from csv.DictReader(file)
        elif place.suffix in (".jsonl", ".ndjson"):
            yield from (row for line in file if line.strip() and isinstance(row := json.loads(line), dict))


def features_of(inputs: Any) -> Any:
    """Return the first row that a model got, by name where it has names, in whatever form a protocol has rows."""
    if isinstance(inputs, list):
        return inputs[0] if inputs else None
    if not isinstance(inputs, dict):
        return inputs
    if isinstance(inputs.get("data"), list) and isinstance(inputs.get("columns"), list):
        return dict(zip(inputs["columns"], inputs["data"][0], strict=False)) if inputs["data"] else None
    return {name: column[0] if isinstance(column, list) and column else column for name, column in inputs.items()}


def equal(features: Any, others: Any) -> bool:
    """Tell whether two rows of features are the same; their names count where both have them."""
    if isinstance(features, dict) and isinstance(others, dict):
        return features == others
    return [*_plain(features)] == [*_plain(others)]


def _plain(features: Any) -> Sequence[Any]:
    return list(features.values()) if isinstance(features, dict) else features if isinstance(features, list) else [None]


def _of(row: Mapping[str, Any], endpoint: PredictionEndpoint) -> Row:
    """Return the declared fields of a row, numbers as numbers."""
    return {name: _value(row.get(name), kinds_of(schema)) for name, schema in endpoint.fields.items()}


def _value(value: Any, kinds: Sequence[str]) -> Any:
    if not isinstance(value, str) or "string" in kinds:
        return value if value != "" else None
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if "number" not in kinds and number.is_integer() else number
