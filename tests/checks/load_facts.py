"""Facts of load runs for the tests of checks."""

from __future__ import annotations

from datetime import UTC, datetime

from hdrh.histogram import HdrHistogram

from gonogo import catalog
from gonogo.catalog.limits import limits
from gonogo.derive.latency import DIGITS, HIGHEST_US, LOWEST_US
from gonogo.facts import Declaration, LoadRun, System
from gonogo.facts.declaration import Load, Objective

CONTROLS = catalog.load(plugins=False).controls
WHEN = datetime(2026, 6, 1, tzinfo=UTC)


def of(check, **given):
    return limits(CONTROLS[check.control], given, None)


def encoded(values):
    made = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    for seconds in values:
        made.record_value(int(seconds * 1e6))
    return made.encode().decode() if values else ""


def run(stage, n=1000, seconds=600.0, s=0.5, errors=None, **given):
    good = n - sum((errors or {}).values())
    figures = {
        "arrival": "poisson", "rate": n / seconds, "achieved": n / seconds, "seconds": seconds, "sent": n,
        "answered": n, "good": good, "errors": errors or {}, "latency": encoded([s] * good), "concurrent": 9,
    }  # fmt: skip
    return LoadRun(seen_at=WHEN, scenario="load", stage=stage, **figures | given)


def declared(*objectives, **load):
    made = [Objective(name=name, target=target, unit=unit) for name, target, unit in objectives]
    system = System(name="app", objectives=tuple(made), load=Load(requests_per_minute=100, **load) if load else None)
    return [Declaration(seen_at=WHEN, system=system)]
