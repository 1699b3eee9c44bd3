"""Budgets, by the lab: no money beyond the cap, and an alert at each threshold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from gonogo.checks.alerts import no_channel
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration, Evidence, Measure, ScenarioRun

_TODAY = ("healthy", "within", "beyond", "restarted")
_DAY = re.compile(r"(?i)\bdaily\b|\bday\b|\btoday\b|\bdaily_")
_MONTH = re.compile(r"(?i)\bmonth(?:ly)?\b|\bmonthly_")
_AMOUNT = re.compile(r"(?i)usd|\$|eur|€|cost|spent|amount")
_FEWEST = 2
"""Calls that must succeed before the first refusal: a budget that refuses everything is none."""


@check(
    "cost.daily-budget-cap",
    by="lab",
    scenario="budgets",
    needs=(Journey, Declaration, ScenarioRun, Measure, ChannelMessage),
    optional=(Measure, ChannelMessage),
)
def daily_budget_cap_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    measures: list[Measure],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """Calls go well up to the budget; then nothing goes upstream, over a restart too, until the next day."""
    if bad := unhealthy(journeys) or unplayed(runs, "within", "beyond", "restarted"):
        return bad
    budget = next((m.value for m in measures if m.name == "daily-budget"), None)
    if budget is None:
        return inconclusive("no budget was set", fix="declare budgets.daily_variable in gonogo.yaml")
    within = of(journeys, "within")
    refused = [j for j in within if j.refused]
    spent = sum(_usd(j) for j in of(journeys, *_TODAY))
    if spent > budget * (1 + limits.overshoot / 100):
        last = of(journeys, *_TODAY)[-1]
        return failed(
            f"${spent:.4f} were spent of a budget of ${budget:.4f}", [(j, told(j)) for j in (refused[:1] or [last])]
        )
    if not refused:
        return inconclusive(
            f"{counted(within, 'call', 'calls')} did not reach the budget of ${budget:.4f}", within[-1:]
        )
    if len(within) - len(refused) < _FEWEST:
        return inconclusive("the budget refuses before it is spent", [(j, told(j)) for j in refused[:1]])
    late = [j for j in of(journeys, "beyond", "restarted") if j.calls]
    if late:
        return failed(
            f"{counted(late, 'journey', 'journeys')} still called the model with the budget spent",
            [(j, f"{j.case}: {told(j)}") for j in late],
        )
    if gap := _unheard(limits.alerts, messages, _DAY):
        return gap
    return _tomorrow(journeys, runs) or passed(
        f"{len(within) - len(refused)} calls within the budget, then ${spent:.4f} of ${budget:.4f} and no call more, "
        "also after a restart; the next day it is open again"
    )


def _usd(journey: Journey) -> float:
    return sum(c.usd or 0.0 for c in journey.calls)


def _tomorrow(journeys: Sequence[Journey], runs: Sequence[ScenarioRun]) -> Answer | None:
    """Say that the next day could not be seen, or is closed as well."""
    if cut := unplayed(runs, "next-day"):
        return cut
    shut = [j for j in of(journeys, "next-day") if not j.answered]
    if not shut:
        return None
    today = max(j.seen_at for j in of(journeys, "restarted"))
    dates = [j.exchange.headers.get("date", "") for j in shut]
    moved = any(d and parsedate_to_datetime(d).astimezone(UTC).date() > today.astimezone(UTC).date() for d in dates)
    if moved:
        return failed("the budget is still spent on the next day", [(j, told(j)) for j in shut])
    return inconclusive(
        "it cannot be told whether the budget opens on the next day: the app's clock did not follow the lab's",
        [(j, told(j)) for j in shut],
    )


@check(
    "cost.budget-alerts",
    by="lab",
    scenario="budgets",
    needs=(Journey, Declaration, ScenarioRun, ChannelMessage),
    optional=(ChannelMessage,),
)
def budget_alerts_by_lab(
    journeys: list[Journey],
    declared: list[Declaration],
    runs: list[ScenarioRun],
    messages: list[ChannelMessage],
    limits: Any,
) -> Answer:
    """Exactly one alert per threshold and period arrives, with amount and share, and none before the first."""
    if bad := unhealthy(journeys) or unplayed(runs, "daily-alerts"):
        return bad
    if bad := no_channel(declared):
        return bad
    if cut := unplayed(runs, "monthly-alerts"):
        return inconclusive(cut.summary, fix="declare budgets.monthly_variable in gonogo.yaml")
    early = [m for m in messages if m.case == "healthy" and (_DAY.search(m.text) or _MONTH.search(m.text))]
    if early:
        return failed(
            "an alert came before the first threshold", [Evidence(early[0].channel, None, early[0].text[-200:])]
        )
    wanted = ((_DAY, limits.daily), (_MONTH, limits.monthly))
    if gap := next((g for period, percents in wanted if (g := _unheard(percents, messages, period))), None):
        return gap
    twice = [
        (m, percent)
        for period, percents in wanted
        for percent in percents
        if len(heard := _of(messages, period, percent)) > 1
        for m in heard[1:]
    ]
    if twice:
        return failed(
            f"{counted(twice, 'alert', 'alerts')} came more than once in a period",
            [Evidence(m.channel, None, f"{percent:g} %: {m.text[-200:]}") for m, percent in twice],
        )
    count = len(limits.daily) + len(limits.monthly)
    return passed(f"{count} alerts, one at each threshold of day and month, with amount and share")


def _unheard(percents: Sequence[float], messages: Sequence[ChannelMessage], period: re.Pattern[str]) -> Answer | None:
    missing = [p for p in percents if not _of(messages, period, p)]
    if not missing:
        return None
    name = "daily" if period is _DAY else "monthly"
    return failed(
        f"no alert arrived at {', '.join(f'{p:g}' for p in missing)} % of the {name} budget",
        [Evidence(m.channel, None, m.text[-200:]) for m in messages[:5]] or [Evidence(None, None, "no message at all")],
    )


def _of(messages: Sequence[ChannelMessage], period: re.Pattern[str], percent: float) -> list[ChannelMessage]:
    """Return the alerts of a period at one threshold that tell amount and share."""
    said = [m for m in messages if period.search(m.text) and _AMOUNT.search(m.text)]
    return [m for m in said if _threshold(m.text) == percent]


_NAMED = re.compile(r"(?i)threshold\w*\W{1,4}(\d+(?:\.\d+)?)")
_SHARE = re.compile(r"(?<![\d.])(\d{2,3}(?:\.\d+)?) ?(?:%|percent)")


def _threshold(text: str) -> float | None:
    """Return the threshold that an alert is about, in percent: the one it names, or else the first share in it."""
    found = _NAMED.search(text) or _SHARE.search(text)
    if found is None:
        return None
    number = float(found[1])
    return number * 100 if number <= 2 else number
