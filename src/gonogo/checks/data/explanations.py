"""Explanations, by the lab: the feature that decides a prediction comes first in what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.predictions import Predicted, read, unwell
from gonogo.derive.journeys import Journey
from gonogo.derive.pointers import at_pointer
from gonogo.facts import Declaration, Exchange

_DECISIVE = "decisive "
_WEIGHT = ("weight", "contribution", "attribution", "importance", "shap", "shap_value", "effect", "coefficient")
"""Names of a weight, where other numbers stand beside it."""


@check("data.explanations", by="lab", scenario="explanations", needs=(Journey, Declaration))
def explanations_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """Every prediction has an explanation with weights, the same when asked again, the decisive feature first."""
    made = read(journeys, declared, *{j.case for j in journeys if j.case.startswith(_DECISIVE)})
    if bad := unwell(made):
        return bad
    asked = [j.exchange for j in journeys if j.exchange.purpose == "explanation"]
    if cut := [e for e in asked if e.body_bytes > len(e.body.encode()) and json_body(e) is None]:
        return inconclusive("an explanation is too long to be read whole", cut[:1])
    told = [(p, [_weights(json_body(e), p.endpoint.fields) for e in _of(p, asked)]) for p in made]
    bare = [p for p, weights in told if not weights or not all(weights)]
    if 100 * (len(made) - len(bare)) < limits.coverage * len(made):
        return failed(
            f"{len(bare)} of {counted(made, 'prediction', 'predictions')} have no explanation with weights of features",
            [(e, f"status {e.status}") for p in bare for e in _of(p, asked)] or [p.journey for p in bare],
        )
    explained = [(p, weights) for p, weights in told if p not in bare]
    if loose := [p for p, (first, *others) in explained if any(other != first for other in others)]:
        return failed(
            f"{counted(loose, 'explanation is', 'explanations are')} another when asked for again",
            [e for p in loose for e in _of(p, asked)],
            fix="Keep the weights with the prediction, or compute them without chance.",
        )
    # of names, two values may lead to the same one: then no feature made a difference, and none can come first
    weighed = [(p, w[0]) for p, w in explained if not p.endpoint.classes or any(w[0].values())]
    wrong = [(p, _first(weights)) for p, weights in weighed if _first(weights) != _field(p)]
    if wrong:
        return failed(
            f"in {counted(wrong, 'explanation', 'explanations')} another feature comes first than the one that decided",
            [(p.journey, f"{_field(p)} decided, and {first or 'no feature'} comes first") for p, first in wrong],
            fix="Compute weights from what the model does with this record, and not from the model as a whole.",
        )
    if not weighed:
        return inconclusive("all weights are zero, so that no feature comes first", [p.journey for p in made[:1]])
    fields = {_field(p) for p, _ in weighed}
    return passed(
        f"{counted(made, 'prediction', 'predictions')} explained, each time with the deciding one of "
        f"{counted(fields, 'feature', 'features')} first"
    )


def _of(predicted: Predicted, asked: Sequence[Exchange]) -> list[Exchange]:
    """Return the requests for the explanation of a prediction."""
    endpoint = predicted.endpoint
    id = at_pointer(json_body(predicted.journey.exchange), endpoint.id or "")
    path = (endpoint.explanation or "").replace("{id}", str(id))
    return [e for e in asked if id is not None and e.url.endswith(path)]


def _field(predicted: Predicted) -> str:
    return predicted.journey.case.removeprefix(_DECISIVE)


def _weights(document: Any, fields: dict[str, Any]) -> dict[str, float]:
    """Return the weight of each declared field that a document tells: as `{field: weight}` or as a list of pairs."""
    found: dict[str, float] = {}
    for name, weight in _pairs(document, fields):
        found.setdefault(name, weight)
    return found


def _pairs(document: Any, fields: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if isinstance(document, dict):
        yield from ((name, value) for name, value in document.items() if name in fields and _is_number(value))
        said = [*document.items()]
        yield from _pair([v for _, v in sorted(said, key=lambda each: each[0].lower() not in _WEIGHT)], fields)
    for inner in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from _pair(inner, fields) if isinstance(inner, list) else ()
        yield from _pairs(inner, fields)


def _pair(values: Sequence[Any], fields: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield a field's name and a number that stand together."""
    name = next((v for v in values if isinstance(v, str) and v in fields), None)
    weight = next((v for v in values if _is_number(v)), None)
    if name is not None and weight is not None:
        yield name, weight


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _first(weights: dict[str, float]) -> str:
    """Return the field with the greatest weight, "" where two have it."""
    heaviest = max(abs(w) for w in weights.values())
    names = [name for name, weight in weights.items() if abs(weight) == heaviest]
    return names[0] if len(names) == 1 else ""
