"""Load runs made ready for drawing: where each line goes, and where the marks of the axes stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from gonogo.facts import LoadCurve
from gonogo.report.timeline import length

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, BOTTOM = 66, 704, 14, 200
"""Where the plot lies within the drawing."""
_STEPS = (1, 2, 5)
_LEAST_S = 1e-6
_TIMES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0)

Mark = tuple[float, str]
"""A place on an axis, and what stands there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: `points` as SVG takes them, `number` its style, counted from 1."""

    points: str
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: its lines, and the marks of both axes."""

    lines: tuple[Line, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Played:
    """One load scenario: its stages and its drawings."""

    scenario: str
    stages: tuple[LoadCurve, ...]
    charts: tuple[Chart, ...]


def played(loads: Iterable[LoadCurve]) -> list[Played]:
    """Return load runs by scenario, each with its drawings."""
    found: dict[str, list[LoadCurve]] = {}
    for load in loads:
        found.setdefault(load.scenario, []).append(load)
    return [Played(name, tuple(own), tuple(c for c in (_tail(own), _course(own)) if c)) for name, own in found.items()]


def _tail(stages: Sequence[LoadCurve]) -> Chart | None:
    """Draw percentiles, the rare ones as wide as the common: the scale of HDR plots."""
    drawn = [[(_nines(q), s) for q, s in stage.curve] for stage in stages]
    flat = [point for line in drawn for point in line]
    if not flat:
        return None
    most = max(1.0, max(x for x, _ in flat))
    marks = [(_nines(q), f"{q:g} %") for q in (0, 50, 90, 99, 99.9, 99.99, 99.999)]
    return _chart("Time within which so many were answered", drawn, most, [m for m in marks if m[0] <= most])


def _nines(percent: float) -> float:
    return -log10(max(1 - percent / 100, 1e-9))


def _course(stages: Sequence[LoadCurve]) -> Chart | None:
    """Draw p95 over time, for stages that were looked at so."""
    drawn = [[((a + b) / 2, p95) for a, b, p95 in stage.slices if p95 is not None] for stage in stages]
    if not any(drawn):
        return None
    most = max(b for stage in stages for _, b, _ in stage.slices)
    step = next((t for t in _TIMES if most / t <= 6), most / 6)
    marks = [(n * step, length(n * step) if n else "0") for n in range(int(most / step) + 1)]
    return _chart("p95 over time", drawn, most, marks)


def _chart(title: str, drawn: Sequence[Sequence[tuple[float, float]]], most: float, across: Sequence[Mark]) -> Chart:
    values = [max(s, _LEAST_S) for line in drawn for _, s in line]
    marks = _decades(min(values), max(values))
    low, high = log10(marks[0]), log10(marks[-1])

    def x(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * value / most, 1)

    def y(seconds: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (log10(max(seconds, _LEAST_S)) - low) / (high - low), 1)

    lines = [Line(" ".join(f"{x(a)},{y(s)}" for a, s in line), i) for i, line in enumerate(drawn, 1) if line]
    up = [(y(mark), _brief(mark)) for mark in (marks if len(marks) <= 7 else marks[:: ceil(len(marks) / 7)])]
    return Chart(tuple(lines), tuple((x(at), words) for at, words in across), tuple(up), title)


def _decades(low: float, high: float) -> list[float]:
    """Return the round figures (1, 2, 5, 10, ...) around a range, one below and one above it at least."""
    marks = [s * 10.0**e for e in range(floor(log10(low)) - 1, ceil(log10(high)) + 2) for s in _STEPS]
    first = max(i for i, m in enumerate(marks) if m <= low * 1.0001)
    last = min(i for i, m in enumerate(marks) if m >= high * 0.9999)
    return marks[first : max(last, first + 1) + 1]


def _brief(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:g} s"
