"""Anomalies of spend, by the lab: a normal week raises no alert, and a sudden rise one that says whose it is."""

from __future__ import annotations

import re
from typing import Any

from gonogo.checks.alerts import alerts_of, body_of, minute_of, names, no_channel, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration, Evidence, Measure, ScenarioRun

_SPEND = re.compile(r"cost|spen[dt]|usd|budget|token|usage|anomal", re.IGNORECASE)


@check(
    "cost.cost-anomaly-detection",
    by="lab",
    scenario="cost-anomaly-detection",
    needs=(Journey, Declaration, ScenarioRun, Measure, ChannelMessage),
    optional=(ChannelMessage,),
)
def cost_anomaly_detection_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    measures: list[Measure],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """A normal week raises no alert of spend; five times an hour's calls of one key raise one that names it."""
    if bad := unhealthy(journeys) or no_channel(declared) or unplayed(runs, "week", "spike"):
        return bad
    about = [m for m in messages if _SPEND.search(body_of(m))]
    false = alerts_of(about, "week")
    if len(false) > limits.false_alerts_per_week:
        return failed(
            f"a normal week raises {len(false)} alerts of spend", shown(false),
            fix="Compare an hour with the same hours of the days before.",
        )  # fmt: skip
    spike = of(journeys, "spike")
    usual = next(m.value for m in measures if m.name == "calls")
    raised = alerts_of(about, "spike")
    if not raised:
        times = len(spike) / usual
        if times <= limits.spike:
            return inconclusive(f"only {times:.1f} times the usual calls of an hour were made")
        played = max((m.value for m in measures if m.name == "minute"), default=0.0)
        if played < limits.detection_min:
            return inconclusive(
                f"the rise went on for {played:.0f} minutes, too short to miss an alert",
                fix="gonogo lab --scenario cost-anomaly-detection, without --quick",
            )
        return failed(
            f"one key makes {times:.0f} times its usual calls of an hour, and no alert arrives within "
            f"{played:.0f} minutes",
            spike[:2],
        )
    minutes = minute_of(raised[0], measures)
    if minutes > limits.detection_min:
        return failed(f"the alert arrives after {minutes:.0f} minutes", shown(raised))
    who = {"key": spike[0].exchange.identity or "", "feature": _feature(declared, spike[0].exchange.name)}
    if not who["feature"]:
        return inconclusive(
            "which feature the first journey belongs to is not declared", fix="journeys: [{feature: NAME}]"
        )
    unnamed = [what for what, name in who.items() if not any(names(m, name) for m in raised)]
    if unnamed:
        return failed(
            f"the alert does not name the {' and the '.join(unnamed)}",
            [*shown(raised), Evidence(None, None, f"it was {', '.join(who.values())}")],
        )
    week = next(m.subject for m in measures if m.name == "calls")
    return passed(
        f"{week} without an alert too many ({len(false)}); a sudden rise is told after {minutes:.0f} min, with "
        f"{who['key']} and {who['feature']}"
    )


def _feature(declared: list[Declaration], journey: str) -> str:
    return next((j.feature or "" for d in declared for j in d.system.journeys if j.name == journey), "")
