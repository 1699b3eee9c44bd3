"""Alerting, by the lab: which alerts arrived while something was wrong, when, and whether their end was told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gonogo.checks.alerts import alerts_of, body_of, minute_of, minutes_of, no_channel, no_security_channel, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.derive.messages import form
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
        took[case] = minute_of(raised[0], measures)
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


def _played(measures: Sequence[Measure], case: str) -> float:
    return max((m.value for m in minutes_of(measures, case)), default=0.0)


_STAGED = {"attacks": "a burst of attacks", "guessing": "a burst of guessed keys", "leak": "a leak in an answer"}
_CHANNEL = "/security"


@check(
    "observability.security-alerting",
    by="lab",
    scenario="security-alerting",
    needs=(Journey, Declaration, ScenarioRun, ChannelMessage),
    optional=(ChannelMessage,),
)
def security_alerting_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """Each kind of attack raises an event of its own that arrives at the security channel in time."""
    if bad := unhealthy(journeys) or no_security_channel(declared) or unplayed(runs, *_STAGED):
        return bad
    events = [m for m in messages if m.channel.startswith(_CHANNEL)]
    if false := alerts_of(events, "healthy"):
        return failed("ordinary requests raise security events", shown(false))
    guesses = [j for j in journeys if j.case == "guessing" and j.exchange.purpose == "guess"]
    let_in = [j for j in guesses if (j.exchange.status or 0) < 400]
    if let_in:
        return inconclusive(f"{len(let_in)} of {len(guesses)} guessed keys were let in", let_in[:3])
    known: set[str] = set()
    took = []
    for case, what in _STAGED.items():
        new = [m for m in alerts_of(events, case) if form(m.text) not in known]
        if not new:
            usual = {form(m.text) for m in messages if m.case != case}
            elsewhere = [m for m in alerts_of(messages, case) if m not in events and form(m.text) not in usual]
            return failed(
                f"{what} raises no security event" + (", but a message elsewhere" if elsewhere else ""),
                shown(elsewhere) or [j for j in journeys if j.case == case][:3],
            )
        known |= {form(m.text) for m in alerts_of(events, case)}
        began = min(j.exchange.started_s for j in journeys if j.case == case)
        took.append((new[0].at_s - began) / 60)
        if took[-1] > limits.notify_min:
            return failed(f"the event of {what} arrives after {took[-1]:.0f} minutes", shown(new))
    return passed(
        f"{', '.join(_STAGED.values())}: each raised an event at the security channel, the last to come after "
        f"{60 * max(took):.0f} s"
    )
