"""The age of the index, by the lab: a feed that pauses for too long raises an alert, and a fresh index none."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.documents import filled
from gonogo.checks.journeys import unplayed
from gonogo.facts import ChannelMessage, Declaration, Exchange, ScenarioRun

_SAID = re.compile(r"(?i)stale|old|lag|fresh|age\b|updat|index|behind|outdated")


@check(
    "retrieval.index-freshness", by="lab", scenario="index-freshness",
    needs=(Declaration, Exchange, ChannelMessage, ScenarioRun), optional=(ChannelMessage,),
)  # fmt: skip
def index_freshness_by_lab(
    declared: list[Declaration], exchanges: list[Exchange], alerts: list[ChannelMessage], runs: list[ScenarioRun],
    limits: Any,
) -> Answer:  # fmt: skip
    """A paused feed raises an alert once the index is older than its limit, and not before."""
    if bad := unplayed(runs, "fresh", "paused"):
        return bad
    index = filled(declared)
    if index is None or index.max_lag_hours is None:
        return inconclusive(
            "gonogo.yaml does not say how old the index may be", fix="add indexes[].max_lag_hours to gonogo.yaml"
        )
    run = next(e for e in exchanges if e.purpose == "ingest")
    if index.max_lag_hours > limits.max_lag_h:
        return failed(
            f"the index may be {index.max_lag_hours:g} h old, and {limits.max_lag_h:g} h is the most",
            [(run, f"indexes[{index.name}].max_lag_hours")],
        )
    told = [a for a in alerts if _SAID.search(a.text.partition("\n")[2])]
    early = [a for a in told if a.case == "fresh"]
    if early:
        return failed("an alert calls an index stale that was just filled", [(a, a.text[:200]) for a in early])
    late = [a for a in told if a.case == "paused"]
    if late:
        return passed(
            "the index was filled and no alert came; the feed paused beyond its limit, and an alert came", late
        )
    if not any("alerts" in d.system.lab.point.values() for d in declared if d.system.lab):
        return inconclusive(
            "no alert arrived, and gonogo.yaml does not say where alerts go",
            fix="add lab: {point: {YOUR_ALERT_URL: alerts}} to gonogo.yaml",
        )
    return failed("the index is older than its limit, and no alert says so", [run])
