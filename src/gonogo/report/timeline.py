"""A timeline made ready for drawing: where each bar begins, how long it is, and where the marks of time stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gonogo.facts import Evidence, Span, Timeline

_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
_MARKS = 5
_THINNEST = 0.6
"""Per cent of the width that a bar takes at least, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span with its place: `left` and `width` are per cent of the whole length."""

    span: Span
    left: float
    width: float
    kind: str
    """How it is drawn: edge, hit (a fault was done to it), reached (its answer is what the user got), well."""

    @property
    def took(self) -> str:
        """How long it took, in words."""
        end = self.span.end_s
        return "no end" if end is None else length(end - self.span.start_s)

    @property
    def track(self) -> str:
        """Who asked, or what was asked."""
        return "user" if self.span.track == "edge" else self.span.track

    @property
    def bad(self) -> bool:
        """Something went wrong in it, on purpose or not."""
        return bool(self.span.fault or (self.span.status or 0) >= 400)

    @property
    def says(self) -> str:
        """What became of it in a few words: the fault, the status, and whether the user got it."""
        span = self.span
        status = f"status {span.status}" if span.status else ""
        fault = (status or span.fault if span.fault == "status" else span.fault) or ""
        if fault:
            return f"fault: {fault}" + (f", {status}" if status and status != fault else "")
        return "this answer reached the user" if span.reached else status


def bars(timeline: Timeline) -> list[Bar]:
    """Return the spans with their places, in order."""
    whole = max(timeline.length_s, 0.001)
    return [_bar(span, whole) for span in timeline.spans]


def marks(timeline: Timeline) -> list[tuple[float, str]]:
    """Return the marks of time: per cent of the length, and what stands there."""
    whole = max(timeline.length_s, 0.001)
    step = next((s for s in _STEPS if whole / s <= _MARKS), whole / _MARKS)
    return [(round(100 * n * step / whole, 2), length(n * step) if n else "0") for n in range(int(whole / step) + 1)]


def drawn(bar: Bar, cells: int, mark: str) -> str:
    """Draw a bar in a line of so many characters."""
    left = min(int(bar.left * cells / 100), cells - 1)
    filled = max(1, min(round(bar.width * cells / 100), cells - left))
    return " " * left + mark * filled + " " * (cells - left - filled)


def length(seconds: float) -> str:
    """Return a time in words: `46 ms`, `1.2 s`, `130 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s".replace(".0 s", " s") if seconds < 100 else f"{seconds:.0f} s"


def of(evidence: Iterable[Evidence], timelines: Iterable[Timeline]) -> tuple[Timeline, ...]:
    """Return the timelines of the journeys that stand in the evidence, in its order."""
    known = {t.journey: t for t in timelines}
    return tuple(known[e] for e in dict.fromkeys(e.journey for e in evidence) if e in known)


def _bar(span: Span, whole: float) -> Bar:
    left = min(100 * span.start_s / whole, 100 - _THINNEST)
    end = whole if span.end_s is None else span.end_s
    width = min(max(100 * (end - span.start_s) / whole, _THINNEST), 100 - left)
    kind = "edge" if span.track == "edge" else "hit" if span.fault else "reached" if span.reached else "well"
    return Bar(span, round(left, 2), round(width, 2), kind)
