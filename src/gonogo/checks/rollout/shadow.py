"""Shadow mode, by the lab: a new version sees copies of requests, and callers see nothing of it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy
from gonogo.checks.predictions import Predicted, read, unwell
from gonogo.checks.rollout.versions import Call, by
from gonogo.derive.journeys import Journey
from gonogo.facts import Declaration, ModelCall, Prediction, ToolCall

_FAULTS = ("slow", "error", "reset")
_CASES = ("shadow", *_FAULTS, "tool")


@check(
    "rollout.shadow-mode", by="lab", scenario="shadow-mode",
    needs=(Journey, Declaration, ModelCall, Prediction, ToolCall), optional=(ModelCall, Prediction, ToolCall),
)  # fmt: skip
def shadow_mode_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    calls: list[ModelCall],
    predictions: list[Prediction],
    tools: list[ToolCall],
    limits: Any,
) -> Answer:
    """The new version gets copies; no caller gets its answers, waits for it, or meets its failures or its tools."""
    deployments = [d.system.deployment for d in declared if d.system.deployment]
    model = next((d.shadow.model for d in deployments if d.shadow), "")
    healthy = read(journeys, declared, "healthy")
    if bad := unwell(healthy) if healthy else unhealthy(journeys):
        return bad
    seen: list[Call] = [*calls, *predictions]
    copies = [c for c in seen if by(c, model)]
    if early := [c for c in copies if c.case == "healthy"]:
        return inconclusive(f"{model} is called without the variables of deployment.shadow", early[:1])
    if not any(c.case == "shadow" and _copied(c, seen, model) for c in copies):
        return failed(
            f"{model} gets no copy of a request", of(journeys, "shadow")[:1],
            fix="Send a copy of each request to the model in deployment.shadow, beside the request.",
        )  # fmt: skip
    sent = of(journeys, *_CASES)
    served = [j for j in sent if _served(j, model, declared)]
    if len(served) > limits.served_from_shadow:
        return failed(
            f"{counted(served, 'caller', 'callers')} got the answer of the new version", [(j, j.case) for j in served]
        )
    hurt = [j for j in sent if not _well(j, declared)]
    if hurt:
        return failed(
            f"with a shadow {counted(hurt, 'request gets', 'requests get')} no good answer",
            [(j, f"{j.case}: {told(j)}") for j in hurt],
        )
    usual = _p95(journeys, "healthy")
    allowed = usual + limits.added_p95_ms / 1000
    # the fastest of each case: what else the machine does can slow some down, and not all
    fastest = {case: min(j.seconds for j in of(journeys, case)) for case in _FAULTS if of(journeys, case)}
    if waiting := [case for case, seconds in fastest.items() if seconds > allowed]:
        return failed(
            f"callers wait for the new version: {fastest[waiting[0]] * 1000:.0f} ms at the least in the case "
            f"{waiting[0]}, and {usual * 1000:.0f} ms without it", of(journeys, *waiting),
        )  # fmt: skip
    added = 1000 * (_p95(journeys, "shadow") - usual)
    if added > limits.added_p95_ms:
        return failed(
            f"the shadow adds {added:.0f} ms to the p95, at most {limits.added_p95_ms:g} ms are allowed",
            of(journeys, "shadow")[:1],
        )
    usual_tools = {t.tool for t in tools if t.case == "healthy"}
    if acted := [t for t in tools if t.case == "tool" and t.tool not in usual_tools]:
        return failed(f"the new version called {counted(acted, 'tool', 'tools')}", [(t, t.tool) for t in acted])
    return passed(
        f"{model} got {counted(copies, 'copy', 'copies')}; {counted(sent, 'caller', 'callers')} got the answer of the "
        f"version in use, {max(0.0, added):.0f} ms later at most by the p95"
    )


def _copied(copy: Call, seen: Sequence[Call], model: str) -> bool:
    """Tell whether the version in use was asked the same."""
    asked = _asked(copy)
    return any(_asked(c) == asked for c in seen if not by(c, model) and c.case == copy.case)


def _asked(call: Call) -> Any:
    if isinstance(call, Prediction):
        return call.inputs
    return tuple(turn.text for turn in call.prompt if turn.role == "user")


def _predicted(journey: Journey, declared: Sequence[Declaration]) -> Predicted | None:
    return next(iter(read([journey], declared, journey.case)), None)


def _served(journey: Journey, model: str, declared: Sequence[Declaration]) -> bool:
    """Tell whether what the caller got is what the new version said, and the version in use did not."""
    predicted = _predicted(journey, declared)
    if predicted is None:
        return journey.answered_by is not None and by(journey.answered_by, model)
    outputs = {by(p, model): _outputs(p) for p in journey.predictions}
    return predicted.value in outputs.get(True, []) and predicted.value not in outputs.get(False, [])


def _outputs(prediction: Prediction) -> list[Any]:
    try:
        found = json.loads(prediction.outputs)
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


def _well(journey: Journey, declared: Sequence[Declaration]) -> bool:
    predicted = _predicted(journey, declared)
    return journey.answered if predicted is None else predicted.accepted and not predicted.flagged


def _p95(journeys: Sequence[Journey], case: str) -> float:
    """Return the p95 of the best round: other load on the machine slows some rounds, the app's own work all."""
    ordered = sorted(of(journeys, "healthy", "shadow"), key=lambda j: j.exchange.started_s)
    rounds = [sorted(j.seconds for j in group) for name, group in groupby(ordered, lambda j: j.case) if name == case]
    return min(times[math.ceil(0.95 * len(times)) - 1] for times in rounds)
