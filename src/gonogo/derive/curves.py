"""Stages of load runs, made ready to be drawn: percentiles over a logarithmic tail, and p95 over time."""

from __future__ import annotations

from math import ceil, log10

from gonogo.derive.factset import FactSet
from gonogo.derive.latency import Stage, merged, percentile, stages
from gonogo.facts import LoadCurve, LoadRun, Waited

TOLD = (50.0, 90.0, 95.0, 99.0, 99.9)
_STEP = 0.1
"""Of the curve, in powers of ten of the tail: ten points from 90 to 99 per cent."""
MOST, SLICES = 24, 240
"""Stages, and slices of one stage, that are drawn at most."""


def curves(facts: FactSet) -> tuple[LoadCurve, ...]:
    """Return every stage of the load runs, by scenario and in the order in which they were played."""
    runs: dict[str, list[LoadRun]] = {}
    for run in facts.of(LoadRun):
        runs.setdefault(run.scenario, []).append(run)
    found: list[LoadCurve] = []
    for scenario, own in runs.items():
        begun = 0.0
        for stage in stages(own).values():
            found.append(_curve(scenario, stage, begun))
            begun += stage.seconds
    return tuple(found[:MOST])


def _curve(scenario: str, stage: Stage, begun: float) -> LoadCurve:
    told = [(q, seen) for q in TOLD if (seen := percentile(stage.latency, q))]
    return LoadCurve(
        scenario=scenario,
        stage=stage.name,
        arrival=stage.runs[0].arrival,
        rate=stage.rate,
        seconds=round(stage.seconds, 3),
        sent=stage.sent,
        good=stage.good,
        concurrent=stage.concurrent,
        late_share=round(stage.late_share, 5),
        errors=dict(stage.errors.most_common()),
        table=tuple(Waited(q, e.value, e.low, e.high) for q, e in told),
        curve=_points(stage),
        slices=_slices(stage, begun) if len(stage.runs) > 1 else (),
    )


def _points(stage: Stage) -> tuple[tuple[float, float], ...]:
    """Return the curve as far as there are requests: of a thousand the last point stands at 99.9 per cent."""
    n = int(stage.latency.get_total_count())
    if not n:
        return ()
    shares = [100 * (1 - 10 ** (-_STEP * step)) for step in range(int(log10(n) / _STEP) + 1)]
    return tuple((round(q, 6), stage.latency.get_value_at_percentile(q) / 1e6) for q in shares)


def _slices(stage: Stage, begun: float) -> tuple[tuple[float, float, float | None], ...]:
    size = ceil(len(stage.runs) / SLICES)
    found = []
    for first in range(0, len(stage.runs), size):
        part = stage.runs[first : first + size]
        seen = percentile(merged(r.latency for r in part), 95)
        end = part[-1].begun_s + part[-1].seconds
        found.append((round(begun + part[0].begun_s, 2), round(begun + end, 2), seen.value if seen else None))
    return tuple(found)
