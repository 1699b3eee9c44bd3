"""Quality, by the lab: what each model call that was seen carries."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, not_applicable, passed
from gonogo.checks.cost.lab import chat, uncalled
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.derive.models import refuses_sampling
from gonogo.facts import ScenarioRun


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


@check("quality.edge-cases", by="lab", scenario="edge-cases", needs=(Journey, ScenarioRun))
def edge_cases_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """Empty, binary and foreign inputs get an answer or a clear refusal, never an error of the server."""
    if bad := unhealthy(journeys) or unplayed(runs, "edges"):
        return bad
    tried = of(journeys, "edges")
    broken = [j for j in tried if not _defined(j)]
    if broken:
        return failed(
            f"{share(broken, tried, 'odd input')} met no defined answer",
            [(j, f"{j.exchange.said!r:.60}: {told(j)}") for j in broken],
        )
    refused = [j for j in tried if j.refused]
    return passed(
        f"{len(tried) - len(refused)} odd inputs answered, {len(refused)} refused clearly, none broke anything"
    )


def _defined(journey: Journey) -> bool:
    """Tell whether a user gets a whole answer with something in it, or an error that blames the request."""
    e = journey.exchange
    whole = e.ended in ("", "complete") and e.error is None
    if e.status is None:
        return whole and e.exit_code == 0 and bool(e.answer.strip())
    return whole and (400 <= e.status < 500 or (e.status < 300 and bool(e.answer.strip())))
