"""What the proofs on budgets say where money went on, came back too late, or an alert is missing or twofold."""

import msgspec
import pytest

from gonogo.facts import ChannelMessage, Exchange, Measure, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

CAP, ALERTS = "cost.daily-budget-cap", "cost.budget-alerts"


def test_without_a_budget_nothing_is_proven():
    assert judged(CAP, without(facts_of(CAP), Measure)).summary == "no budget was set"


def test_a_call_with_the_budget_spent_fails():
    facts = facts_of(CAP)
    refused = next(f for f in facts if isinstance(f, Exchange) and f.case == "restarted")
    call = next(f for f in facts if isinstance(f, ModelCall) and f.case == "within")
    late = msgspec.structs.replace(call, journey=refused.journey, case="restarted", usd=0.0)
    assert judged(CAP, [*facts, late]).summary == "1 journey still called the model with the budget spent"


def test_a_budget_that_is_never_reached_is_open():
    facts = changed(facts_of(CAP), Exchange, lambda e: e.case == "within", status=200)
    assert "did not reach the budget" in judged(CAP, facts).summary


def test_a_budget_that_refuses_everything_is_none():
    facts = changed(facts_of(CAP), Exchange, lambda e: e.case == "within", status=429)
    assert judged(CAP, facts).summary == "the budget refuses before it is spent"


def test_where_the_clock_cannot_be_shifted_the_next_day_is_open():
    facts = facts_of(CAP)
    run = next(f for f in facts if isinstance(f, ScenarioRun))
    cut = msgspec.structs.replace(
        run, cases=tuple(c for c in run.cases if c != "next-day"), cut={"next-day": "no faketime"}
    )
    finding = judged(CAP, [cut if f is run else f for f in facts])
    assert (finding.outcome, finding.summary) == ("inconclusive", "the case next-day was not played: no faketime")


def shut(date):
    headers = {"date": date}
    return changed(facts_of(CAP), Exchange, lambda e: e.case == "next-day", status=429, matches=(), headers=headers)


def test_a_budget_that_stays_spent_on_the_next_day_fails():
    assert judged(CAP, shut("Tue, 02 Jun 2026 12:00:00 GMT")).summary == "the budget is still spent on the next day"


@pytest.mark.parametrize("date", ["Mon, 01 Jun 2026 12:00:00 GMT", ""])
def test_an_app_whose_clock_did_not_move_tells_nothing_of_the_next_day(date):
    assert judged(CAP, shut(date)).outcome == "inconclusive"


def test_an_alert_that_comes_twice_fails():
    facts = facts_of(ALERTS)
    alert = next(f for f in facts if isinstance(f, ChannelMessage) and f.case == "monthly-alerts")
    assert judged(ALERTS, [*facts, alert]).summary == "1 alert came more than once in a period"


def test_an_alert_before_the_first_threshold_fails():
    facts = facts_of(ALERTS)
    alert = next(f for f in facts if isinstance(f, ChannelMessage))
    early = msgspec.structs.replace(alert, case="healthy")
    assert judged(ALERTS, [*facts, early]).summary == "an alert came before the first threshold"


def test_without_a_channel_alerts_cannot_be_seen():
    assert judged(ALERTS, declared(facts_of(ALERTS), point={})).outcome == "inconclusive"


@pytest.mark.parametrize(
    "text",
    [
        '{"budget": "monthly", "threshold": 0.5, "spent_usd": 1}',
        "The monthly budget is at 50 %: $150 of $300",
        "month: 50 percent spent, 12 USD",
    ],
)
def test_alerts_are_read_in_whatever_words_they_come(text):
    facts = changed(
        facts_of(ALERTS),
        ChannelMessage,
        lambda m: '"monthly"' in m.text and '"threshold_percent": 50' in m.text,
        text=text,
    )
    assert judged(ALERTS, facts).outcome == "pass"
