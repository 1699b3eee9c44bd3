"""The health of store and embedder, by the lab: readiness turns red and back in time, and an alert arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import beside, of, unhealthy
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration, ScenarioRun

_OUTAGES = ("store fails", "store hangs", "embedder fails", "embedder hangs")


@check(
    "retrieval.retrieval-health", by="lab", scenario="retrieval-health",
    needs=(Journey, Declaration, ChannelMessage, ScenarioRun), optional=(ChannelMessage,),
)  # fmt: skip
def retrieval_health_by_lab(
    journeys: list[Journey], declared: list[Declaration], alerts: list[ChannelMessage], runs: list[ScenarioRun],
    limits: Any,
) -> Answer:  # fmt: skip
    """Each outage of store or embedder turns readiness red in time, raises an alert, and ends as readiness tells."""
    if bad := unhealthy(journeys):
        return bad
    if not any(j.retrievals for j in of(journeys, "healthy")):
        return inconclusive("no query reached the lab's store", fix="add lab.point: {YOUR_STORE_URL: qdrant}")
    if not all(_ready(j) for j in beside(journeys, "healthy")):
        return inconclusive("with nothing wrong the service is not ready", beside(journeys, "healthy"))
    outages = [case for case in _OUTAGES if of(journeys, case)]
    wrong: list[tuple[Journey, str]] = []
    for case in outages:
        begun = of(journeys, case)[0]
        failing = [j for j in of(journeys, case) if j.hit]
        if 100 * len(failing) <= limits.error_alert * len(of(journeys, case)):
            return inconclusive(f"{case}: no question met the outage, so that nothing could tell of it", [begun])
        wrong += [(begun, f"{case}: {words}") for words in _untold(journeys, alerts, case, limits)]
    if wrong and not any(a.case in outages for a in alerts) and not _pointed(declared):
        return inconclusive(
            "no alert arrived, and gonogo.yaml does not say where alerts go",
            fix="add lab: {point: {YOUR_ALERT_URL: alerts}} to gonogo.yaml",
        )
    if wrong:
        return failed("outages of the store or of the embedder go unseen", wrong)
    if cut := next((why for run in runs for why in run.cut.values()), None):
        return inconclusive(f"not every outage was played to its end: {cut}")
    whole = "store and embedder" if any("embedder" in case for case in outages) else "the store (no embedder is called)"
    return passed(f"{counted(outages, 'outage', 'outages')} of {whole}: readiness turned red and back, alerts arrived")


def _untold(journeys: Sequence[Journey], alerts: Sequence[ChannelMessage], case: str, limits: Any) -> list[str]:
    """Return what nobody was told of an outage."""
    begun = of(journeys, case)[0].exchange.started_s
    wrong = []
    if not any(not _ready(j) and _told_s(j) - begun <= limits.detect_s for j in beside(journeys, case)):
        wrong.append(f"readiness stays green for {limits.detect_s:g} s")
    elif back := of(journeys, f"{case}, back"):
        since = back[0].exchange.started_s
        if not any(_ready(j) and _told_s(j) - since <= limits.detect_s for j in beside(journeys, f"{case}, back")):
            wrong.append(f"readiness stays red for {limits.detect_s:g} s after the end of it")
    if not any(a.case == case and a.at_s - begun <= 60 * limits.error_for_min for a in alerts):
        last = max(j.exchange.started_s for j in (*of(journeys, case), *beside(journeys, case)))
        wrong.append(f"no alert arrives in {last - begun:.0f} s")
    return wrong


def _ready(journey: Journey) -> bool:
    status = journey.exchange.status
    return status is not None and status < 400


def _told_s(journey: Journey) -> float:
    return journey.exchange.started_s + journey.seconds


def _pointed(declared: Sequence[Declaration]) -> bool:
    return any("alerts" in d.system.lab.point.values() for d in declared if d.system.lab)
