"""What came of the requests of one stage: counts by class, and latencies as HDR histograms."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hdrh.histogram import HdrHistogram

from gonogo.derive.latency import DIGITS, HIGHEST_US, LOWEST_US

if TYPE_CHECKING:
    from gonogo.prove.load.wire import Sent

_KEPT = 1 << 20
REFUSALS = (429, 503)
"""Statuses that say: not now."""
LATE_S = 0.010
"""A request that left later than this counts as late."""


class Latencies:
    """Durations on their way into an HDR histogram: kept as they come, and sorted in by the thousand when asked."""

    __slots__ = ("_fresh", "_sorted")

    def __init__(self) -> None:
        """Begin with none."""
        self._fresh = array("d")
        self._sorted: HdrHistogram | None = None

    def add(self, seconds: float) -> None:
        """Take one duration in seconds."""
        self._fresh.append(seconds)
        if len(self._fresh) >= _KEPT:
            self.histogram()

    def histogram(self) -> HdrHistogram:
        """Return the histogram of all that were added, in microseconds."""
        found = self._sorted = self._sorted or HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
        for microseconds, times in Counter(int(s * 1e6 + 0.5) for s in self._fresh).items():
            found.record_value(min(max(microseconds, LOWEST_US), HIGHEST_US), times)
        del self._fresh[:]
        return found

    def encoded(self) -> str:
        """Return the histogram in its compressed form (V2, base64); empty where nothing was added."""
        found = self.histogram()
        return bytes(found.encode()).decode("ascii") if found.get_total_count() else ""


@dataclass(slots=True)
class Tally:
    """Counts of one stage or slice, for one journey. `late` counts requests that left late, `late_s` is the worst."""

    sent: int = 0
    answered: int = 0
    good: int = 0
    late: int = 0
    late_s: float = 0.0
    concurrent: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    latency: Latencies = field(default_factory=Latencies)
    service: Latencies = field(default_factory=Latencies)
    first_token: Latencies = field(default_factory=Latencies)
    token_gap: Latencies = field(default_factory=Latencies)
    refusal: Latencies = field(default_factory=Latencies)

    def count(self, sent: Sent, problem: str, status: int, now: float) -> None:
        """Count a request that has ended: well where `problem` is empty."""
        if status:
            self.answered += 1
        if not problem:
            self.good += 1
            self.latency.add(now - sent.start)
            self.service.add(now - sent.left)
            if sent.first:
                self.first_token.add(sent.first - sent.start)
            return
        self.errors[problem] += 1
        if problem == "timeout":
            self.latency.add(now - sent.start)
        elif status in REFUSALS:
            self.refusal.add(now - sent.start)
