"""Agent reliability, by the lab: whether the app tells apart what it spent with the model and with tools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gonogo.checks.agents import idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of
from gonogo.checks.records import Record, records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ScenarioRun
from gonogo.facts.traffic import Traffic

_CASES = ("slow-model", "slow-tool")
_PARTS = {"model": ("model", "llm", "inference"), "tools": ("tools", "tool")}
"""How records name the two parts; a unit follows, as in `model_ms`."""
_UNITS = {"_ms": 0.001, "_s": 1.0, "_seconds": 1.0, "_duration_ms": 0.001, "_duration_s": 1.0}


@check(
    "agent-reliability.trace-breakdown", by="lab", scenario="trace-breakdown", needs=(Journey, AppLog, ScenarioRun),
    optional=(AppLog,),
)  # fmt: skip
def trace_breakdown_by_lab(
    journeys: list[Journey], lines: list[AppLog], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Each call carries the trace of its request, and a record of that trace has the time of model and tools apart."""
    if bad := idle(journeys, runs, *_CASES):
        return bad
    tried = of(journeys, *_CASES)
    if short := [j for j in tried if not (j.calls and j.tools)]:
        return inconclusive("a task did not use both model and tool", shown(short))
    calls = [(j, c) for j in tried for c in (*j.calls, *j.tools)]
    loose = [(j, f"a call without the trace of its request: {type(c).__name__}") for j, c in calls
             if c.trace != j.exchange.journey]  # fmt: skip
    if (len(calls) - len(loose)) * 100 < limits.linked * len(calls):
        return failed(f"{len(loose)} of {len(calls)} calls do not carry the trace of their request", loose)
    found = [record for _, record in records(lines)]
    told = []
    for journey in tried:
        mine = [r for r in found if journey.exchange.journey in map(str, r.values())]
        for part, made in (("model", journey.calls), ("tools", journey.tools)):
            said = _said(mine, _PARTS[part])
            if said is None:
                return failed(
                    f"no record with the trace of a task says what it spent with {part}", shown([journey]),
                    fix=f"write model_ms and tools_ms to the record of each task; {part} is missing",
                )  # fmt: skip
            seen, whole = _spent(made), journey.exchange.elapsed_ms / 1000
            if abs(said - seen) * 100 > limits.split_error * whole:
                return failed(
                    f"a task spent {seen:.2f} of {whole:.2f} s with {part}, and its record says {said:.2f} s",
                    shown([journey]),
                )
            told.append(f"{part} {said:.2f} of {whole:.2f} s")
    return passed(
        f"all {len(calls)} calls carry their trace, and records tell the split: {', '.join(told)}", shown(tried)
    )


def _said(mine: Iterable[Record], names: Sequence[str]) -> float | None:
    """Return the seconds of a part that the newest record of it tells."""
    by_name = {f"{name}{end}": unit for name in names for end, unit in _UNITS.items()}
    said = [v * by_name[k] for r in mine for k, v in r.items() if k in by_name and isinstance(v, int | float)]
    return said[-1] if said else None


def _spent(calls: Iterable[Traffic]) -> float:
    return sum(c.ended_s or 0.0 for c in calls)
