"""Reading the alerts that arrived at the channel of the lab."""

from datetime import UTC, datetime

import pytest

from gonogo.checks.alerts import alerts_of, names, shown
from gonogo.facts import ChannelMessage
from tests.checks.lab_facts import declared, facts_of, judged


def alert(text, case="shift", at_s=1.0):
    return ChannelMessage(
        seen_at=datetime(2026, 6, 1, tzinfo=UTC), run="r", scenario="s", case=case, channel="/alerts",
        text=f"POST /alerts\n{text}", at_s=at_s,
    )  # fmt: skip


@pytest.mark.parametrize(
    "control", ["cost.budget-alerts", "reliability.prediction-fallback", "security-output.prediction-range"]
)
def test_an_app_that_is_not_pointed_at_the_channel_is_told_the_key(control):
    finding = judged(control, declared(facts_of(control), point={"MODEL_URL": "predictor"}))
    assert (finding.outcome, finding.fix) == ("inconclusive", "lab: {point: {YOUR_ALERT_URL: alerts}} in gonogo.yaml")


def test_alerts_of_a_case_come_in_order_of_time():
    late, early, other = alert("late", at_s=2.0), alert("early"), alert("other", case="healthy")
    assert alerts_of([late, early, other], "shift") == [early, late]


@pytest.mark.parametrize(
    ("text", "named"), [('{"feature": "built"}', True), ("built drifts", True), ("rebuilt, built_at", False)]
)
def test_a_word_is_named_where_it_stands_alone(text, named):
    assert names(alert(text), "built") is named


def test_the_path_of_the_request_names_nothing():
    assert not names(alert("nothing"), "alerts")
    assert [e.detail for e in shown([alert("nothing")])] == ["nothing"]
