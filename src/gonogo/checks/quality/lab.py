"""Quality, by the lab: what each model call that was seen carries."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, not_applicable, passed
from gonogo.checks.cost.lab import chat, uncalled
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import unhealthy
from gonogo.derive.journeys import Journey
from gonogo.derive.models import refuses_sampling


@check("quality.sampling-explicit", by="lab", scenario="observe", needs=(Journey,))
def sampling_explicit_by_lab(journeys: list[Journey], limits: Any) -> Answer:
    """Every chat call that was seen sets its temperature; models that refuse one are left out."""
    if bad := unhealthy(journeys) or uncalled(journeys):
        return bad
    calls = [(j, c) for j in journeys for c in chat(j) if not refuses_sampling(c.model)]
    if not calls:
        return not_applicable("every model that was called refuses sampling parameters")
    unset = [(j, f"{c.model}: temperature is not set") for j, c in calls if c.temperature is None]
    if 100 * (len(calls) - len(unset)) < limits.explicit * len(calls):
        return failed(share(unset, calls, "model call", "leaves its temperature", "leave their temperature"), unset)
    used = sorted({c.temperature for _, c in calls if c.temperature is not None})
    return passed(
        f"{counted(calls, 'model call', 'model calls')}, each with its temperature: {', '.join(f'{t:g}' for t in used)}"
    )
