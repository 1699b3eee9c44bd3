"""Rollout, by the lab: which models are really called."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unhealthy
from gonogo.derive.journeys import Journey
from gonogo.derive.models import pinning
from gonogo.facts import Evidence


@check("rollout.model-pinned", by="lab", scenario="observe", needs=(Journey,))
def model_pinned_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """Every call that was seen names an exact version of its model."""
    if bad := unhealthy(journeys):
        return bad
    silent = sorted({j.exchange.name for j in journeys if not j.calls})
    if silent:
        return inconclusive(f"no model call was seen for {', '.join(silent)}", [j for j in journeys if not j.calls])
    models: dict[str, Journey] = {c.model: j for j in journeys for c in j.calls}
    verdicts = {model: pinning(model) for model in sorted(models)}
    floating = [m for m, (pinned, _) in verdicts.items() if pinned is False]
    unclear = [m for m, (pinned, _) in verdicts.items() if pinned is None]
    if len(floating) > limits.floating:
        return failed(
            f"{counted(floating, 'called model floats', 'called models float')}: {', '.join(floating)}",
            [_seen(models[m], f"{m}: {verdicts[m][1]}") for m in floating],
        )
    if unclear:
        return inconclusive(
            f"whether {', '.join(unclear)} is pinned cannot be told",
            [_seen(models[m], verdicts[m][1]) for m in unclear],
        )
    return passed(
        f"{counted(models, 'model', 'models')} called, each by an exact version", [_seen(models[m], m) for m in models]
    )


def _seen(journey: Journey, detail: str) -> Evidence:
    e = journey.exchange
    return Evidence(f"{e.method} {e.url}", None, detail, e.journey)
