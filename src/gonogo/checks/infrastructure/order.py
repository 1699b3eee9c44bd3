"""The order in which processes start, by the lab: in any, the service becomes ready by itself, and serves then."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppStart, Evidence, ScenarioRun

_ORDERS = {"all-at-once": "all processes start at once", "reversed": "the service starts first"}


@check("infrastructure.start-order", by="lab", scenario="start-order", needs=(Journey, ScenarioRun, AppStart))
def start_order_by_lab(journeys: list[Journey], runs: list[ScenarioRun], starts: list[AppStart], limits: Any) -> Answer:
    """In each order the service becomes ready in time, serves well then, and nothing but 503 before."""
    if bad := unhealthy(journeys) or unplayed(runs, *_ORDERS):
        return bad
    took = []
    for case, how in _ORDERS.items():
        start = next((s for s in starts if s.case == case), None)
        if start is None:
            return inconclusive(f"no start was seen where {how}")
        if start.ready_s is None or start.ready_s > limits.ready_s:
            why = "is never ready" if start.exit_code is None else f"ends with exit code {start.exit_code}"
            why = why if start.ready_s is None else f"is ready after {start.ready_s:.0f} s only"
            return failed(f"where {how} it {why}", [Evidence(None, None, start.said[-200:] or how)])
        early = [j for j in journeys if j.case == case and j.exchange.purpose == "early"]
        wrong = [j for j in early if j.exchange.status not in (None, 503)]
        if len(wrong) > limits.early_errors:
            return failed(
                f"where {how} it answers {counted(wrong, 'request', 'requests')} before it is ready, and not with 503",
                [(j, told(j)) for j in wrong],
            )
        lost = [j for j in of(journeys, case) if not j.answered and not (j.well_formed and j.markers)]
        if lost or not of(journeys, case):
            return failed(f"where {how} it says that it is ready and is not", [(j, told(j)) for j in lost])
        took.append(start.ready_s)
    return passed(f"ready by itself within {max(took):.1f} s in either order, and nobody was served before")
