"""Readiness, by the lab: the API documentation held against what the app does."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import unhealthy
from gonogo.checks.quality.contract import shown, undescribed
from gonogo.derive.journeys import Journey
from gonogo.facts import OperationCall, ScenarioRun


@check(
    "readiness.api-doc",
    by="lab",
    scenario="contract-tests",
    needs=(Journey, ScenarioRun, OperationCall),
    optional=(OperationCall,),
)
def api_doc_by_lab(journeys: list[Journey], runs: list[ScenarioRun], calls: list[OperationCall], limits: Any) -> Answer:
    """No endpoint, status, content type or field was seen that the document does not name, and its examples work."""
    if bad := unhealthy(journeys) or undescribed(runs):
        return bad
    missing = {
        (c.method, c.route, "the endpoint" if c.source != "published" else c.name): c for c in calls if not c.documented
    }
    missing |= {(c.method, c.route, what): c for c in calls for what in c.undocumented}
    if len(missing) > limits.undocumented:
        return failed(
            f"{counted(missing, 'thing that the API does is', 'things that the API does are')} not documented",
            [shown(c, f"{what} ({c.source} {c.name})".replace(" )", ")")) for (_, _, what), c in missing.items()],
            fix="Add them to the OpenAPI document.",
        )
    examples = [c for c in calls if c.source == "example"]
    broken = [c for c in examples if not 200 <= (c.status or 0) < 300 or c.mismatches]
    if len(broken) > limits.failing_examples:
        return failed(
            f"{len(broken)} of {counted(examples, 'documented example does', 'documented examples do')} not work",
            [shown(c, f"{c.name}: {', '.join(c.mismatches) or c.status or c.error}") for c in broken],
            fix="Correct the examples of the OpenAPI document.",
        )
    seen = {(c.method, c.route) for c in calls}
    return passed(
        f"{counted(calls, 'request', 'requests')} to {counted(seen, 'operation', 'operations')} showed nothing "
        f"undocumented; {counted(examples, 'documented example works', 'documented examples work')}"
    )
