"""Webhooks, by the lab: a delivery counts only as its sender signed it, and not long after."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import beside, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

SENT_AGE_S = 360
"""The age at which the old delivery is sent."""
_FORGED = {
    "unsigned": "an unsigned delivery",
    "changed-body": "a delivery with another body than was signed",
    "changed-time": "an old delivery with another time than was signed",
    "another-key": "a delivery signed with another key",
}


@check("access.request-signing", by="lab", scenario="request-signing", needs=(Journey, ScenarioRun))
def request_signing_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """A signed delivery is taken; changed, unsigned and old ones are refused with 4xx."""
    if bad := unhealthy(journeys) or unplayed(runs, "good", *_FORGED, "old"):
        return bad
    shut = [j for j in beside(journeys, "good") if not j.well_formed]
    if shut:
        return inconclusive(
            "a delivery that is signed as declared is refused", [(j, told(j)) for j in shut],
            fix="correct lab.webhooks in gonogo.yaml: scheme, secret_variable, path and body",
        )  # fmt: skip
    for case, what in _FORGED.items():
        taken = [j for j in beside(journeys, case) if not _refused(j)]
        if taken:
            return failed(f"{what} is not refused", [(j, told(j)) for j in taken])
    old = [j for j in beside(journeys, "old") if not _refused(j)]
    if old and limits.replay_window_s >= SENT_AGE_S:
        return inconclusive(f"no delivery older than {SENT_AGE_S} s was sent again")
    if old:
        return failed(
            f"a delivery is still taken {SENT_AGE_S} s after it was signed: it can be sent again and again",
            [(j, told(j)) for j in old],
        )
    return passed(
        f"changed, unsigned and old deliveries were refused, {len(beside(journeys, 'good'))} good one was taken"
    )


def _refused(journey: Journey) -> bool:
    return 400 <= (journey.exchange.status or 0) < 500 and not journey.calls
