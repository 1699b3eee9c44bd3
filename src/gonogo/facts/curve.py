"""One stage of a load run as reports draw it: how long its users waited, from the quickest to the slowest."""

from __future__ import annotations

import msgspec


class Waited(msgspec.Struct, frozen=True):
    """The time in seconds within which `percent` of the requests were answered, and its 95 % interval.

    `high_s` is None where there were too few requests to tell.
    """

    percent: float
    seconds: float
    low_s: float
    high_s: float | None


class LoadCurve(msgspec.Struct, frozen=True, kw_only=True):
    """A stage of a load run. `curve` are pairs of per cent and seconds, ascending; `table` are those that are told.

    `slices` are (begin, end, p95) in seconds, counted from the scenario's begin, where the stage was looked at over
    time; p95 is None of a slice without an answer. `late_share` is how much of it the generator sent late.
    """

    scenario: str
    stage: str
    arrival: str
    rate: float
    seconds: float
    sent: int
    good: int
    concurrent: int = 0
    late_share: float = 0.0
    errors: dict[str, int] = {}
    table: tuple[Waited, ...] = ()
    curve: tuple[tuple[float, float], ...] = ()
    slices: tuple[tuple[float, float, float | None], ...] = ()
