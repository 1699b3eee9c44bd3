"""Reading the app's own counters: by how much each grew in a case, and what its labels say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gonogo.checks.check import Answer, inconclusive
from gonogo.facts import Declaration, MetricSample, ScenarioRun


def unread(declared: Sequence[Declaration], runs: Sequence[ScenarioRun], *keys: str) -> Answer | None:
    """Say that a metric is not declared under `telemetry`, or that the metrics cannot be read; None where all are."""
    telemetry = next((d.system.telemetry for d in declared if d.system.telemetry), None)
    for key in keys:
        fix = f"telemetry: {{metrics: /metrics, {key}: NAME}} in gonogo.yaml"
        if telemetry is None or not telemetry.metrics or not getattr(telemetry, key):
            return inconclusive(f"which metric tells of {key.replace('_', ' ')} is not declared", fix=fix)
        if why := next((run.cut["metrics"] for run in runs if "metrics" in run.cut), None):
            return inconclusive(why, fix=fix)
    return None


def of_counter(samples: Iterable[MetricSample], name: str) -> list[MetricSample]:
    """Return the samples of a counter, whose name may or may not end with `_total`."""
    return [s for s in samples if s.name.removesuffix("_total") == name.removesuffix("_total")]


def growth(samples: Iterable[MetricSample]) -> Iterator[tuple[MetricSample, float]]:
    """Yield each sample in which its series has grown since the one before, and by how much."""
    level: dict[tuple[tuple[str, str], ...], float] = {}
    for sample in samples:
        key = tuple(sorted(sample.labels.items()))
        grew = sample.value - level.get(key, 0.0)
        level[key] = sample.value
        if grew > 0:
            yield sample, grew


def label(sample: MetricSample, names: Sequence[str]) -> str | None:
    """Return the value of the first label by one of these names, in whatever case; None where there is none."""
    return next((value for name, value in sample.labels.items() if name.lower() in names), None)
