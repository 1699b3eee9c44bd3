"""Percentiles, shares and trends, each with how sure it is. Pure; HDR histograms merge without loss.

Percentiles have the interval of order statistics, which assumes nothing of the distribution (W. J. Conover, Practical
Nonparametric Statistics, 3rd ed. 1999, 3.2). Shares have the score interval (E. B. Wilson, JASA 22, 1927). Trends are
the median of pairwise slopes with its interval (H. Theil 1950; P. K. Sen, JASA 63, 1968), whose variance is that of the
test of M. G. Kendall (Rank Correlation Methods, 4th ed. 1975) and H. B. Mann (Econometrica 13, 1945), ties included.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, fmean, median

from hdrh.histogram import HdrHistogram

from gonogo.facts import LoadRun

LOWEST_US, HIGHEST_US, DIGITS = 1, 3_600_000_000, 3
"""Histograms span a microsecond to an hour, with three significant digits."""
CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_FEW = 5
"""Where fewer than so many values lie beyond a percentile, its upper bound is not known."""
_POINTS = 200
"""A series is averaged to so many points before its trend is sought: pairs grow with the square."""


def merged(encoded: Iterable[str]) -> HdrHistogram:
    """Return one histogram of several in their compressed form; empty texts add nothing."""
    whole = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for text in encoded:
        if text:
            whole.add(HdrHistogram.decode(text))
    return whole


@dataclass(frozen=True)
class Estimate:
    """A figure of `n` values, and the bounds between which the true one lies; `high` is None where n cannot tell."""

    value: float
    low: float
    high: float | None
    n: int


def percentile(histogram: HdrHistogram, q: float) -> Estimate | None:
    """Return the percentile `q` (0 to 100) in seconds; None of an empty histogram."""
    n, share = int(histogram.get_total_count()), q / 100
    if not n:
        return None
    spread = _Z * math.sqrt(n * share * (1 - share))
    low, high = max(1, math.floor(n * share - spread)), math.ceil(n * share + spread) + 1
    bounded = n * (1 - share) >= _FEW and high <= n
    return Estimate(
        _at(histogram, q), _at(histogram, 100 * low / n), _at(histogram, 100 * high / n) if bounded else None, n
    )


def _at(histogram: HdrHistogram, q: float) -> float:
    return float(histogram.get_value_at_percentile(min(q, 100.0))) / 1e6


def share(some: int, n: int) -> Estimate | None:
    """Return the share of `some` among `n` with its interval; None of nothing."""
    if not n:
        return None
    p, square = some / n, _Z * _Z
    middle = (p + square / (2 * n)) / (1 + square / n)
    spread = _Z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n * n))
    low = max(0.0, middle - spread) if some else 0.0
    high = min(1.0, middle + spread) if some < n else 1.0
    return Estimate(p, low, high, n)


def trend(series: Sequence[tuple[float, float]]) -> Estimate | None:
    """Return how much a series of (seconds, value) grows by the second; None of fewer than four points."""
    points = _thinned(series)
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if b[0] > a[0])
    if len(points) < 4 or not slopes:
        return None
    n = len(points)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(v for _, v in points).values())
    spread = _Z * math.sqrt(max(0.0, (n * (n - 1) * (2 * n + 5) - ties) / 18))
    last = len(slopes) - 1
    low = slopes[max(0, min(last, math.floor((len(slopes) - spread) / 2)))]
    high = slopes[max(0, min(last, math.ceil((len(slopes) + spread) / 2)))]
    return Estimate(median(slopes), low, high, len(series))


def _thinned(series: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Average neighbours where there are many: they resemble each other, and would pretend to be more evidence."""
    size = math.ceil(len(series) / _POINTS) or 1
    parts = [series[i : i + size] for i in range(0, len(series), size)]
    return [(fmean(t for t, _ in part), fmean(v for _, v in part)) for part in parts]


def quantile(values: Sequence[float], q: float) -> float | None:
    """Return the value below which the share `q` (0 to 1) of `values` lies (nearest rank); None of none."""
    return sorted(values)[max(0, math.ceil(q * len(values)) - 1)] if values else None


@dataclass(frozen=True)
class Stage:
    """What a stage showed in all: its slices together."""

    name: str
    runs: tuple[LoadRun, ...]
    sent: int
    good: int
    seconds: float
    rate: float
    concurrent: int
    late_share: float
    late_ms: float
    errors: Counter[str]
    latency: HdrHistogram

    @property
    def bad(self) -> int:
        """How many requests got no good answer."""
        return self.errors.total()

    def samples(self, name: str) -> list[tuple[float, float]]:
        """Return what was sampled of the app's processes (cpu, memory_mb, files, connections), in order."""
        return sorted({tuple(pair) for run in self.runs for pair in getattr(run, name)})


def stages(runs: Iterable[LoadRun], journey: str = "") -> dict[str, Stage]:
    """Return the stages of load runs by name, in their order, for one journey ("" for all of them together)."""
    found: dict[str, list[LoadRun]] = {}
    for run in runs:
        if run.journey == journey:
            found.setdefault(run.stage, []).append(run)
    return {name: _stage(name, sorted(own, key=lambda r: r.begun_s)) for name, own in found.items()}


def _stage(name: str, runs: Sequence[LoadRun]) -> Stage:
    sent = sum(r.sent for r in runs)
    return Stage(
        name=name,
        runs=tuple(runs),
        sent=sent,
        good=sum(r.good for r in runs),
        seconds=sum(r.seconds for r in runs),
        rate=runs[0].rate,
        concurrent=max(r.concurrent for r in runs),
        late_share=sum(r.late_share * r.sent for r in runs) / max(1, sent),
        late_ms=max(r.late_ms for r in runs),
        errors=sum((Counter(r.errors) for r in runs), Counter()),
        latency=merged(r.latency for r in runs),
    )
