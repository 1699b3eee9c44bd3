"""Observability, by the lab: what the app keeps of what it did, held against what the lab saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import told, unhealthy
from gonogo.checks.records import Record, records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Evidence, ModelCall

_FIELDS = {
    "model": ("model", "gen_ai.request.model", "gen_ai.response.model", "deployment"),
    "duration": (
        "latency_ms",
        "duration_ms",
        "elapsed_ms",
        "latency",
        "duration",
        "elapsed",
        "duration_s",
        "ms",
        "time_ms",
    ),
    "outcome": ("status", "error", "outcome", "finish_reason", "status_code", "success", "level"),
    "parameters": ("temperature", "max_tokens", "max_output_tokens", "parameters", "params", "top_p", "settings"),
    "tokens": (
        "input_tokens",
        "prompt_tokens",
        "output_tokens",
        "completion_tokens",
        "usage",
        "tokens",
        "total_tokens",
    ),
}
"""What a record of a model call must tell, and the names that logs give it."""


@check(
    "observability.model-calls-logged",
    by="lab",
    scenario="model-calls-logged",
    needs=(Journey, AppLog),
    optional=(AppLog,),
)
def model_calls_logged_by_lab(journeys: list[Journey], lines: list[AppLog], limits: Any) -> Answer:
    """Each attempt at a model call has one record, whole, and without what must not be kept."""
    if bad := unhealthy(journeys):
        return bad
    calls = [c for j in journeys for c in j.calls if c.operation == "chat"]
    kept = list(_records(lines))
    if not kept:
        return failed(
            f"{counted(calls, 'model call was', 'model calls were')} made, and the app wrote no record of any",
            [(journeys[0], told(journeys[0]))],
            fix="Write one JSON line per model call to the output, or to a file that lab.call_log names.",
        )
    leaked = [line for line, _ in kept if any(m.canary for m in line.matches)]
    if leaked:
        return failed(
            "the record holds personal data or a key as it was said",
            [Evidence(s.stream, None, f"{m.canary} is readable") for s in leaked for m in s.matches if m.canary][:5],
        )
    unkept = [j for j in journeys if len(_chat(j)) > len(_of(kept, j))] if _traced(kept, journeys) else []
    lost = sum(len(_chat(j)) - len(_of(kept, j)) for j in unkept)
    lost = lost if _traced(kept, journeys) else max(0, len(calls) - len(kept))
    share = 100.0 * (1 - lost / len(calls))
    if share < limits.coverage:
        return failed(
            f"{share:.0f} % of {counted(calls, 'model call', 'model calls')} have a record",
            [(j, f"{len(_chat(j))} calls, {len(_of(kept, j))} records") for j in unkept or journeys[:1]],
        )
    if len(kept) > len(calls):
        return inconclusive(f"{len(kept)} records tell of {len(calls)} model calls: which is which cannot be told")
    lacking = [(line, missing) for line, record in kept if (missing := _missing(record))]
    whole = 100.0 * (1 - sum(len(m) for _, m in lacking) / (len(kept) * len(_FIELDS)))
    if whole < limits.field_completeness:
        return failed(
            f"records lack {', '.join(sorted({f for _, m in lacking for f in m}))}",
            [Evidence(line.stream, None, line.text[:160]) for line, _ in lacking[:3]],
        )
    return passed(f"{counted(calls, 'model call', 'model calls')}, each with one whole record")


def _records(lines: Sequence[AppLog]) -> Iterator[tuple[AppLog, Record]]:
    """Yield the lines that tell of a model call: a JSON object that names a model and how it went."""
    for line, record in records(lines):
        if _has(record, "model") and (_has(record, "duration") or _has(record, "tokens")):
            yield line, record


def _has(record: Record, field: str) -> bool:
    return any(name in record for name in _FIELDS[field])


def _missing(record: Record) -> list[str]:
    return [field for field in _FIELDS if not _has(record, field)]


def _chat(journey: Journey) -> list[ModelCall]:
    return [c for c in journey.calls if c.operation == "chat"]


def _of(records: Sequence[tuple[AppLog, Record]], journey: Journey) -> list[Record]:
    """The records that carry the journey's trace id anywhere."""
    return [record for line, record in records if journey.exchange.journey in line.text]


def _traced(records: Sequence[tuple[AppLog, Record]], journeys: Sequence[Journey]) -> bool:
    """Whether records carry trace ids at all."""
    return any(_of(records, j) for j in journeys)
