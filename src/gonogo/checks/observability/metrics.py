"""Metrics, by the lab: what the app publishes of its errors and its latency, held against what the lab did to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counters import growth, label, of_counter, unread
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, Evidence, MetricSample, ScenarioRun
from gonogo.facts.declaration import Telemetry

_TYPE = ("type", "error_type", "error.type", "kind", "reason", "code", "class")
_SERVICE = ("service", "dependency", "upstream", "target", "provider", "backend", "component", "server.address")
"""Labels that tell the type of an error, and the service that it came from."""
_UNCLASSIFIED = ("", "unknown", "other", "error", "exception", "none", "unclassified")
_TYPES = ("server-error", "rate-limited", "timeout", "connection", "malformed")

Series = tuple[str, str]
"""The type of an error and its service, as the app names them."""


@check(
    "observability.error-rates",
    by="lab",
    scenario="error-rates",
    needs=(Journey, Declaration, ScenarioRun, MetricSample),
    optional=(MetricSample,),
)
def error_rates_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    samples: list[MetricSample],
    limits: Any,
) -> Answer:
    """Each type of fault moves one counter, that of its type and service, and no other."""
    if bad := unhealthy(journeys) or unread(declared, runs, "errors") or unplayed(runs, *_TYPES):
        return bad
    metric = next(d.system.telemetry.errors for d in declared if d.system.telemetry) or ""
    mine = of_counter(samples, metric)
    bare = [s for s in mine if not (label(s, _TYPE) and label(s, _SERVICE))]
    if bare:
        return failed(
            f"{metric} does not tell errors apart by type and service",
            [Evidence(None, None, f"its labels are {', '.join(bare[0].labels) or 'none'}")],
            fix="Give the counter the labels `type` and `service`.",
        )
    moved = _moved(mine)
    if moved["healthy"]:
        return failed("errors are counted with nothing wrong", [Evidence(None, None, _named(moved["healthy"]))])
    still = [case for case in _TYPES if not moved[case]]
    if still:
        return failed(
            f"no counter moves on {' and '.join(still)}",
            of(journeys, *still),
            fix=f"Count every failed call in {metric}, whatever becomes of the user's request.",
        )
    several = [case for case in _TYPES if len(moved[case]) > 1]
    if several:
        return failed(
            f"one fault moves several counters: {several[0]} moves {_named(moved[several[0]])}",
            [Evidence(None, None, f"{case}: {_named(moved[case])}") for case in several],
        )
    total = sum(n for case in _TYPES for n in moved[case].values())
    vague = sum(n for case in _TYPES for (kind, _), n in moved[case].items() if kind.lower() in _UNCLASSIFIED)
    if 100 * vague > limits.unclassified_share * total:
        return failed(
            f"{100 * vague / total:.0f} % of the errors are counted without a type that says anything",
            [Evidence(None, None, f"{case}: {_named(moved[case])}") for case in _TYPES],
        )
    kinds = {case: next(iter(moved[case])) for case in _TYPES}
    same = [case for case in _TYPES if list(kinds.values()).count(kinds[case]) > 1]
    if same:
        return failed(
            f"{' and '.join(same)} are counted as one: {_named(moved[same[0]])}",
            [Evidence(None, None, f"{case}: {_named(moved[case])}") for case in same],
        )
    return passed(f"{counted(_TYPES, 'type of fault', 'types of faults')}, each counted by its type and service alone")


def _moved(samples: Sequence[MetricSample]) -> dict[str, dict[Series, float]]:
    """Return by case by how much each counter grew in it, where it did."""
    moved: dict[str, dict[Series, float]] = {case: {} for case in ("healthy", *_TYPES)}
    for sample, grew in growth(samples):
        if sample.case in moved:
            series = (label(sample, _TYPE) or "", label(sample, _SERVICE) or "")
            moved[sample.case][series] = moved[sample.case].get(series, 0.0) + grew
    return moved


def _named(moved: dict[Series, float]) -> str:
    return " and ".join(f"{kind or '(no type)'} of {service}" for kind, service in moved)


_ROUTE = ("route", "path", "handler", "endpoint", "http.route", "http_route", "uri", "operation")
_PERCENTS = (50, 95, 99)


@check(
    "observability.latency-percentiles",
    by="lab",
    scenario="latency-percentiles",
    needs=(Journey, Declaration, ScenarioRun, MetricSample),
    optional=(MetricSample,),
)
def latency_percentiles_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    samples: list[MetricSample],
    limits: Any,
) -> Answer:
    """The percentiles that the app publishes of each route are those of what its users waited for."""
    if bad := unhealthy(journeys) or unread(declared, runs, "latency") or unplayed(runs, "mix"):
        return bad
    system = next(d.system for d in declared if d.system.telemetry)
    telemetry = system.telemetry or Telemetry()
    mixed = of(journeys, "mix")
    lost = [j for j in mixed if not j.answered]
    if lost:
        return inconclusive(f"{len(lost)} of {len(mixed)} requests of the mix got no answer", lost[:3])
    streaming = {j.name for j in system.journeys if j.streams}
    streamed = [j for j in mixed if j.exchange.name in streaming]
    if streamed and not telemetry.first_token:
        return inconclusive(
            "which metric tells of the time to the first token is not declared",
            fix="telemetry: {first_token: NAME} in gonogo.yaml",
        )
    whole = [j for j in mixed if j.exchange.name not in streaming]
    told: list[str] = []
    for metric, seen, first in ((telemetry.latency, whole, False), (telemetry.first_token, streamed, True)):
        if not seen:
            continue
        route = seen[0].exchange.route
        mine = [s for s in samples if s.case == "mix" and _base(s.name) == _base(metric or "")]
        here = [s for s in mine if label(s, _ROUTE) in (route, f"{seen[0].exchange.method} {route}")]
        if not here:
            return failed(
                f"{metric} does not tell of {route}",
                [Evidence(None, None, f"its labels: {', '.join(mine[0].labels) if mine else 'it has no sample'}")],
                fix="Give the metric the label `route`.",
            )
        before = [s for s in samples if s.case == "healthy" and s.labels in [h.labels for h in here]]
        waited = [((j.exchange.first_byte_ms if first else j.exchange.elapsed_ms) or 0.0) / 1000 for j in seen]
        worked = [_worked(j, first) for j in seen]
        for percent in _PERCENTS:
            least, most = _ranked(worked, percent), _ranked(waited, percent)
            said = _percentile(here, before, percent)
            if said is None:
                return failed(f"{metric} gives no p{percent} of {route}", [Evidence(None, None, route)])
            allowed = limits.percentile_error / 100
            if not least * (1 - allowed) <= said <= most * (1 + allowed):
                return failed(
                    f"the app says that p{percent} of {route} is {said:.2f} s; the model took {least:.2f} s of it, and "
                    f"users waited {most:.2f} s",
                    [Evidence(None, None, f"{metric}: {said:.2f} s")],
                    fix="Record the whole time of each request, in buckets narrow enough for the percentiles.",
                )
            told.append(f"p{percent} {said:.2f} s")
    return passed(
        f"{counted(mixed, 'request', 'requests')} in a known mix, and the app says the same: {', '.join(told)}"
    )


def _ranked(values: Sequence[float], percent: int) -> float:
    """Return a percentile by its nearest rank."""
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


def _worked(journey: Journey, first: bool) -> float:
    """Return for how long a journey's longest call waited for the model: the app cannot have been faster."""
    return max(((c.first_byte_s if first else c.ended_s) or 0.0 for c in journey.calls), default=0.0)


def _base(name: str) -> str:
    return name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")


def _percentile(samples: Sequence[MetricSample], before: Sequence[MetricSample], percent: int) -> float | None:
    """Return a percentile by the app's own word: the quantile of a summary, or what its histogram gives.

    A histogram is read as Prometheus does, with a straight line within a bucket, from what came since `before`.
    """
    said = [s.value for s in samples if float(s.labels.get("quantile", "nan")) == percent / 100]
    if said:
        return max(said)
    counts: dict[float, float] = {}
    for group, sign in ((samples, 1), (before, -1)):
        for sample in group:
            if sample.name.endswith("_bucket") and "le" in sample.labels:
                bound = float(sample.labels["le"])
                counts[bound] = counts.get(bound, 0.0) + sign * sample.value
    bounds = sorted(counts)
    rank = percent / 100 * counts[bounds[-1]] if bounds else 0.0
    low, below = 0.0, 0.0
    for bound in bounds if rank else ():
        if counts[bound] >= rank:
            inside = counts[bound] - below
            return low if math.isinf(bound) else low + (bound - low) * (rank - below) / inside
        low, below = bound, counts[bound]
    return None
