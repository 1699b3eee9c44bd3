"""Alerting, by the lab: which alerts arrived while something was wrong, when, and whether their end was told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gonogo.checks.alerts import alerts_of, body_of, no_channel, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration, Measure, ScenarioRun

_ABOUT = {
    "latency": r"latenc|slow|p9[59]|duration|response.?time",
    "errors": r"error|5xx|fail",
    "stopped": r"availab|down\b|unreachable|stopped|unhealthy|health|absent|no.?data|up ?==",
}
"""How an alert says which trouble it is about."""
_OVER = re.compile(r"resolv|recover|\bok\b|clear|ended|over\b|restored|closed|inactive", re.IGNORECASE)


@check(
    "observability.alert-rules",
    by="lab",
    scenario="alert-rules",
    needs=(Journey, Declaration, ScenarioRun, Measure, ChannelMessage),
    optional=(Measure, ChannelMessage),
)
def alert_rules_by_lab(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], measures: list[Measure],
    messages: list[ChannelMessage], limits: Any,
) -> Answer:  # fmt: skip
    """A normal day raises no alert; each trouble raises its own in time, and its end is told."""
    if bad := unhealthy(journeys) or no_channel(declared):
        return bad
    if limits.p95_latency is None:
        return inconclusive(
            "no objective of latency is declared", fix="objectives: [{name: latency-p95, target: 2, unit: s}]"
        )
    if bad := unplayed(runs, "day", *(f"{case}{end}" for case in _ABOUT for end in ("", "-over"))):
        return bad
    if false := [m for m in alerts_of(messages, "day") if any(_is(m, case) for case in _ABOUT)]:
        return failed("a normal day raises alerts", shown(false), fix="Ask for more than one bad request in a window.")
    share = 100 * sum(not j.answered for j in of(journeys, "errors")) / max(1, len(of(journeys, "errors")))
    if share <= limits.error_rate:
        return inconclusive(f"with the model broken {share:.0f} % of the requests fail, so no error rate can show it")
    within = {
        "latency": limits.p95_for_min + limits.detect_min, "errors": limits.error_for_min + limits.detect_min,
        "stopped": limits.detect_min,
    }  # fmt: skip
    took = {}
    for case, most in within.items():
        raised = [m for m in alerts_of(messages, case) if _is(m, case) and not _over(m)]
        if not raised and _played(measures, case) < most:
            return inconclusive(
                f"{_TROUBLE[case]} was played for {_played(measures, case):.0f} minutes, too short to miss an alert",
                fix="gonogo lab --scenario alert-rules, without --quick",
            )
        if not raised:
            return failed(
                f"{_TROUBLE[case]} raises no alert of its own within {_played(measures, case):.0f} minutes",
                shown(alerts_of(messages, case)),
                fix=_FIX[case].format(checks=limits.availability, rate=limits.error_rate, p95=limits.p95_latency),
            )
        took[case] = _minute(raised[0], measures)
        if took[case] > most:
            return failed(f"{_TROUBLE[case]} raises its alert after {took[case]:.0f} minutes", shown(raised))
        ended = [m for m in alerts_of(messages, case, f"{case}-over") if _is(m, case) and _over(m)]
        if not ended:
            return failed(
                f"it is never told that {_TROUBLE[case]} is over", shown(raised),
                fix="Send a message when the condition of an alert holds no more.",
            )  # fmt: skip
    said = ", ".join(f"{_TROUBLE[case]} after {minutes:.0f} min" for case, minutes in took.items())
    return passed(f"a normal day without an alert; {said}; the end of each was told")


_TROUBLE = {"latency": "high latency", "errors": "a high error rate", "stopped": "a stopped instance"}
_FIX = {
    "latency": "Alert where p95 of the latency stays above {p95:g}, the declared objective.",
    "errors": "Alert where more than {rate:g} % of the requests fail.",
    "stopped": "Alert from outside the service after {checks:g} failed checks of its health route.",
}


def _is(message: ChannelMessage, case: str) -> bool:
    return re.search(_ABOUT[case], body_of(message), re.IGNORECASE) is not None


def _over(message: ChannelMessage) -> bool:
    return _OVER.search(body_of(message)) is not None


def _minute(message: ChannelMessage, measures: Sequence[Measure]) -> float:
    """Return in which minute of its case an alert arrived, by the clock of the app."""
    mine = _minutes(measures, message.case)
    return next((m.value for m in mine if float(m.subject) >= message.at_s), _played(measures, message.case))


def _played(measures: Sequence[Measure], case: str) -> float:
    return max((m.value for m in _minutes(measures, case)), default=0.0)


def _minutes(measures: Sequence[Measure], case: str) -> list[Measure]:
    return [m for m in measures if m.name == "minute" and m.case == case]
