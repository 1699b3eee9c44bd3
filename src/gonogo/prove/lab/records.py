"""Records for prediction endpoints: the good one of a declared journey, and others that differ in one point. Pure."""

from __future__ import annotations

import copy
import dataclasses
import json
import secrets
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from gonogo.derive.pointers import at_pointer
from gonogo.facts.declaration import Feedback, Journey, PredictionEndpoint
from gonogo.prove.drive.asking import Ask, ask, encoded, filled

UNSEEN = "never-seen-in-training"
_WRONG = {"number": "many", "integer": "many", "string": 17, "boolean": "perhaps", "array": "x", "object": "x"}
_VAIN = 200
"""Tries in a row without a new record, after which there are too few left."""
_UNITS = 1000
"""A length in millimetres for one in metres."""


def record_of(endpoint: PredictionEndpoint, journey: Journey) -> Any:
    """Return the good record that the journey sends, None where there is none at the declared place."""
    found: Any = journey.body
    for part in _parts(endpoint.record):
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return found


def with_records(endpoint: PredictionEndpoint, journey: Journey, records: Sequence[Any], name: str) -> Ask:
    """Return the journey's request with other records in the place of its own; several only where they are a list."""
    body: Any = copy.deepcopy(journey.body)
    *way, last = _parts(endpoint.record) or [""]
    if last == "":
        body = records[0]
    else:
        inner = body
        for part in way:
            inner = inner[int(part)] if isinstance(inner, list) else inner[part]
        if isinstance(inner, list):
            inner[:] = records
        else:
            inner[last] = records[0]
    return dataclasses.replace(ask(journey, secrets.token_hex(16)), name=name, body=encoded(body), said=name)


def usual_output(endpoint: PredictionEndpoint) -> Any:
    """Return an output that is well within what is declared, None where nothing is."""
    if endpoint.classes:
        return endpoint.classes[0]
    low, high = endpoint.output_min, endpoint.output_max
    if low is not None and high is not None:
        return (low + high) / 2
    return low + 1 if low is not None else high - 1 if high is not None else None


def other_output(endpoint: PredictionEndpoint) -> Any:
    """Return an output that is as good as the usual one, and not the same; None where there is none."""
    usual = usual_output(endpoint)
    if endpoint.classes:
        return next((c for c in endpoint.classes if c != usual), None)
    if endpoint.output_min is not None and endpoint.output_max is not None:
        return (endpoint.output_min + usual) / 2
    return None if usual is None else usual + 1 if endpoint.output_min is not None else usual - 1


def feedback(given: Feedback, journey: Journey, id: str, label: Any = None) -> Ask:
    """Return the request that gives feedback on what a journey got, with this rating or true value if one is given."""
    body: Any = filled(given.body, id=id)
    if label is not None and given.label:
        *way, last = _parts(given.label)
        inner = body
        for part in way:
            inner = inner[int(part)] if isinstance(inner, list) else inner[part]
        inner[int(last) if isinstance(inner, list) else last] = label
    asked = ask(journey, secrets.token_hex(16))
    return dataclasses.replace(asked, path=given.path.replace("{id}", id), body=encoded(body), name="feedback")


def takes_whole_numbers(given: Feedback) -> bool:
    """Tell whether the declared feedback has a whole number where the true value stands."""
    value = at_pointer(given.body, given.label or "")
    return isinstance(value, int) and not isinstance(value, bool)


def takes_several(endpoint: PredictionEndpoint) -> bool:
    """Tell whether a request holds a list of records."""
    return (_parts(endpoint.record) or [""])[-1].isdigit()


def broken(endpoint: PredictionEndpoint, good: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a schema refuses: a field's name and what is wrong with it, and the record."""
    for name, schema in endpoint.fields.items():
        for kind in kinds_of(schema)[:1]:
            yield f"{name}: wrong type", {**good, name: _WRONG.get(kind, [])}
        if name not in endpoint.optional:
            yield f"{name}: missing", {k: v for k, v in good.items() if k != name}
        low, high = schema.get("minimum"), schema.get("maximum")
        if isinstance(low, int | float):
            yield f"{name}: below its minimum", {**good, name: low - 1}
        if isinstance(high, int | float):
            yield f"{name}: above its maximum", {**good, name: high + 1}
            value = good.get(name)
            if isinstance(value, int | float) and value * _UNITS > high + 1:
                yield f"{name}: another unit", {**good, name: value * _UNITS}
    yield "a field that nobody declared", {**good, "no_such_field": 1}
    yield "no record at all", "record"


def unusual(endpoint: PredictionEndpoint, good: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield a field, what is unusual about it (null, empty, nan, unseen, minimum, maximum), and the record."""
    for name, schema in endpoint.fields.items():
        kinds = kinds_of(schema)
        yield name, "null", {**good, name: None}
        if "string" in kinds:
            yield name, "empty", {**good, name: ""}
            if schema.get("enum") or name in endpoint.unseen:
                yield name, "unseen", {**good, name: UNSEEN}
        if "number" in kinds or "integer" in kinds:
            yield name, "nan", {**good, name: float("nan")}
        for edge in ("minimum", "maximum"):
            if isinstance(schema.get(edge), int | float):
                yield name, edge, {**good, name: schema[edge]}


def grid(endpoint: PredictionEndpoint, good: Any, random: Random) -> Iterator[Any]:
    """Yield distinct records all over the schema; it ends where new ones are hard to find."""
    seen: set[str] = set()
    vain = 0
    while vain < _VAIN:
        drawn = {name: _any(endpoint, name, random) for name in endpoint.fields}
        record = {**good, **{name: value for name, value in drawn.items() if value is not None}}
        written = json.dumps(record, sort_keys=True)
        vain = vain + 1 if written in seen else 0
        if not vain:
            seen.add(written)
            yield record


def _any(endpoint: PredictionEndpoint, name: str, random: Random) -> Any:
    """Return some value of a field, None where its schema does not say which there are."""
    schema = endpoint.fields[name]
    low, high, names = schema.get("minimum"), schema.get("maximum"), schema.get("enum")
    if isinstance(names, list) and names:
        return random.choice(names)
    if isinstance(low, int | float) and isinstance(high, int | float):
        whole = "number" not in kinds_of(schema)
        return random.randint(int(low), int(high)) if whole else round(random.uniform(low, high), 1)
    return None


def kinds_of(schema: dict[str, Any]) -> list[str]:
    """Return the types that a schema allows a field, but for null."""
    given = schema.get("type", "string" if schema.get("enum") else "number")
    return [kind for kind in (given if isinstance(given, list) else [given]) if kind != "null"]


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.strip("/").split("/") if part]
