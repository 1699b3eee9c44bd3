"""What an overload did: how much of what the app can serve was served, and when service was normal again."""

from __future__ import annotations

from gonogo.derive.latency import Estimate, Stage, merged, percentile, quantile

_USUAL = 2.0
"""Where no objective is declared: how many times the usual p95 still counts as normal."""
_SLACK_S = 0.05
_SERVED = 0.95
_ENOUGH = 20
"""With fewer answers than this in a slice its median is compared, not its p95."""


def served_share(normal: Stage, overload: Stage) -> float:
    """Return the goodput under overload as a share of capacity.

    Capacity is what the better quarter of the overload's slices served by the second, and no less than was served
    before it; it is capped by what was asked for.
    """
    rates = [r.good / r.seconds for r in overload.runs if r.seconds > 0]
    capacity = max(quantile(rates, 0.75) or 0.0, normal.good / normal.seconds if normal.seconds else 0.0)
    asked = overload.sent / overload.seconds if overload.seconds else 0.0
    served = overload.good / overload.seconds if overload.seconds else 0.0
    return min(1.0, served / min(capacity, asked)) if capacity and asked else 0.0


def refusals_s(overload: Stage) -> Estimate | None:
    """Return how long refusals took at p95, None where nothing was refused."""
    return percentile(merged(r.refusal for r in overload.runs), 95)


def recovered_after(normal: Stage, after: Stage, objective_s: float | None) -> float | None:
    """Return how many seconds after the overload service was normal and stayed so; None where it never was."""
    usual = percentile(normal.latency, 95)
    target = max(objective_s or 0.0, _USUAL * usual.value + _SLACK_S if usual else 0.0)
    back: float | None = None
    for run in after.runs:
        latency = merged([run.latency])
        seen = percentile(latency, 95 if run.good >= _ENOUGH else 50)
        normal_again = not run.sent or (run.good >= _SERVED * run.sent and seen is not None and seen.value <= target)
        if not normal_again:
            back = None
        elif back is None:
            back = run.begun_s
    return back
