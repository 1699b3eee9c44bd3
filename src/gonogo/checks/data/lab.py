"""Data, by the lab: what a service does with wrong and unusual records, and what it keeps of its predictions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.answers import json_body
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.predictions import Predicted, read, unwell
from gonogo.checks.records import keys, leaves, records
from gonogo.derive.journeys import Journey
from gonogo.derive.pointers import at_pointer
from gonogo.facts import AppLog, Declaration

_EDGES = ("minimum", "maximum")


@check("data.incoming-schema", by="lab", scenario="prediction-records", needs=(Journey, Declaration))
def incoming_schema_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """Each record off the schema is refused with a reason before the model sees it."""
    if bad := unwell(read(journeys, declared, "healthy")):
        return bad
    sent, batch = read(journeys, declared, "invalid"), read(journeys, declared, "batch")
    if not sent:
        return inconclusive("no record off the schema was sent", fix="declare predictions[].fields in gonogo.yaml")
    through = [p for p in sent if p.journey.predictions or not _refused(p)]
    through += [p for p in batch if sum(s.rows for s in p.journey.predictions) > 1 or p.uncaught]
    if len(through) > limits.passed_invalid:
        return failed(
            f"{counted(through, 'record', 'records')} off the schema got through",
            [(p.journey, f"{p.journey.exchange.name}: {p.said}{_reached(p)}") for p in through],
        )
    mute = [p for p in sent if len(p.journey.exchange.body.strip()) < 3]
    if mute:
        return failed(
            "a record is refused without a reason", [(p.journey, p.journey.exchange.name) for p in mute],
            fix="Say in the answer which field is wrong, and why.",
        )  # fmt: skip
    return passed(f"{counted(sent, 'record', 'records')} off the schema refused with a reason, none seen by the model")


def _refused(predicted: Predicted) -> bool:
    return 400 <= (predicted.journey.exchange.status or 0) < 500


def _reached(predicted: Predicted) -> str:
    return ", and the model was asked" if predicted.journey.predictions else ""


@check("data.null-unseen-values", by="lab", scenario="prediction-records", needs=(Journey, Declaration))
def null_unseen_values_by_lab(journeys: list[Journey], declared: list[Declaration], limits: Any) -> Answer:
    """Null, empty, NaN and unseen values become what is declared, the values at a range's ends are taken."""
    if bad := unwell(read(journeys, declared, "healthy")):
        return bad
    sent = read(journeys, declared, "unusual")
    if not sent:
        return inconclusive("no unusual value was sent", fix="declare predictions[].fields in gonogo.yaml")
    broken = [p for p in sent if p.uncaught]
    if len(broken) > limits.exceptions:
        return failed(
            f"{counted(broken, 'unusual value ends', 'unusual values end')} in an error of the service",
            [(p.journey, f"{p.journey.exchange.name}: {p.said}") for p in broken],
        )
    wrong = [(p, expected) for p in sent if (expected := _expected(p)) and _became(p) != expected]
    if wrong:
        return failed(
            f"{counted(wrong, 'unusual value becomes', 'unusual values become')} something else than what is declared",
            [(p.journey, f"{p.journey.exchange.name}: {_became(p)}, and not {wanted}") for p, wanted in wrong],
        )
    fields = {(p.endpoint.name, name): p.endpoint for p in sent for name in p.endpoint.fields}
    untold = sorted(name for (_, name), e in fields.items() if name not in e.missing)
    covered = 100 * (1 - len(untold) / len(fields))
    if covered < limits.features_covered:
        return failed(
            f"of {counted(untold, 'field', 'fields')} nobody says what a missing value becomes: {', '.join(untold)}",
            [p.journey for p in sent[:1]],
            fix="Add each field to predictions[].missing in gonogo.yaml: reject, impute or fallback.",
        )
    return passed(f"{counted(sent, 'unusual value', 'unusual values')} of {len(fields)} fields became what is declared")


def _expected(predicted: Predicted) -> str | None:
    """Return what is declared of a record's unusual value, None where nothing is."""
    name, _, kind = predicted.journey.exchange.name.rpartition(": ")
    if kind in _EDGES:
        return "impute"  # a value like any other
    endpoint = predicted.endpoint
    return endpoint.unseen.get(name) if kind == "unseen" else endpoint.missing.get(name)


def _became(predicted: Predicted) -> str:
    if not predicted.accepted:
        return "reject"
    return "fallback" if predicted.flagged else "impute"


@check(
    "data.predictions-logged", by="lab", scenario="predictions-logged", needs=(Journey, Declaration, AppLog),
    optional=(AppLog,),
)  # fmt: skip
def predictions_logged_by_lab(
    journeys: list[Journey], declared: list[Declaration], lines: list[AppLog], limits: Any
) -> Answer:
    """Each prediction has its record after a restart: features, time, version, output, and the feedback on it."""
    if bad := unwell(read(journeys, declared, "healthy")):
        return bad
    made = read(journeys, declared, "healthy", "fallback")
    kept = [record for line, record in records(lines) if line.case == "after-restart"]
    named = [(p, id) for p in made if (id := _id(p))]
    if not named:
        return inconclusive(
            "answers do not name the prediction, so that no record can be told to be its",
            [p.journey for p in made], fix="give each answer an id, and say where it stands: predictions[].id",
        )  # fmt: skip
    lost = [p for p in made if not (id := _id(p)) or not _of(kept, id)]
    share = 100 * (1 - len(lost) / len(made))
    if share < limits.coverage:
        return failed(
            f"{len(lost)} of {counted(made, 'prediction', 'predictions')} have no record after a restart",
            [p.journey for p in lost],
            fix="Write each prediction to a file that lab.logs names before the answer leaves.",
        )
    lacking = {name for p, id in named for name in _missing(p, _of(kept, id)) if name in limits.fields}
    told = next((p for p, id in named if _has_feedback(p, _of(kept, id))), None)
    if "feedback" in limits.fields and told is None:
        lacking.add("feedback")
    if lacking:
        return failed(f"records lack {', '.join(sorted(lacking))}", [p.journey for p, _ in named[:1]])
    return passed(f"{counted(made, 'prediction', 'predictions')}, each with a whole record after a kill and a restart")


def _id(predicted: Predicted) -> str:
    found = at_pointer(json_body(predicted.journey.exchange), predicted.endpoint.id) if predicted.endpoint.id else None
    return str(found) if isinstance(found, str | int) else ""


def _of(records: Sequence[dict[str, Any]], id: str) -> list[dict[str, Any]]:
    return [r for r in records if id in [str(leaf) for leaf in leaves(r)]]


def _missing(predicted: Predicted, records: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what the records of one prediction do not tell."""
    kept = [leaf for record in records for leaf in leaves(record)]
    inputs = [leaf for p in predicted.journey.predictions for leaf in leaves(_json(p.inputs))]
    named = {key.lower() for record in records for key in keys(record)}
    if not inputs or any(leaf not in kept for leaf in inputs):
        yield "features"
    if predicted.value not in kept:
        yield "output"
    if not any("time" in key or key in ("ts", "at", "date", "created", "created_at") for key in named):
        yield "timestamp"
    if not any("version" in key or key in ("release", "model_id") for key in named):
        yield "version"


def _has_feedback(predicted: Predicted, records: list[dict[str, Any]]) -> bool:
    given = predicted.endpoint.feedback
    said = [leaf for leaf in leaves(given.body) if leaf != "{id}"] if given else []
    kept = [leaf for record in records for leaf in leaves(record)]
    return bool(said) and all(leaf in kept for leaf in said)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
