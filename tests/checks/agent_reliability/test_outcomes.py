"""What the proof on outcome metrics says of counters that miss, mix or double, and of alerts that are false or late."""

import msgspec
import pytest

from gonogo.facts import ChannelMessage, MetricSample, ScenarioRun, ToolCall
from tests.checks.lab_facts import changed, declared, declared_system, facts_of, judged, without

OUTCOMES = "agent-reliability.agent-outcome-metrics"
FACTS = facts_of(OUTCOMES)
RUNS, CALLS = "agent_tasks_total", "agent_tool_calls_total"


def relabelled(name, **new):
    """The same facts with the outcome of some samples called otherwise; None takes the label away."""

    def labels(sample):
        return {k: new.get(f"_{v}".replace("-", "_"), v) for k, v in sample.labels.items()}

    return [
        msgspec.structs.replace(f, labels=labels(f)) if isinstance(f, MetricSample) and f.name == name else f
        for f in FACTS
    ]


def grown(name, by, **labels):
    """The same facts, in which a counter has grown by more in the case in which it grew first, and stayed there."""

    def mine(fact):
        return isinstance(fact, MetricSample) and fact.name == name and labels.items() <= fact.labels.items()

    return [msgspec.structs.replace(f, value=f.value + by) if mine(f) else f for f in FACTS]


def test_runs_that_are_counted_twice_fail():
    finding = judged(OUTCOMES, grown(RUNS, 1, outcome="loop"))
    assert finding.summary == "of 15 runs 1 are counted as what they were not, or not at all"


def test_a_share_of_runs_may_be_counted_as_what_they_were_not():
    assert judged(OUTCOMES, grown(RUNS, 1, outcome="loop"), misclassified=7).outcome == "pass"


def test_two_outcomes_under_one_name_fail():
    finding = judged(OUTCOMES, relabelled(RUNS, _loop="loop or timeout", _timeout="loop or timeout"))
    assert finding.outcome == "fail"


def test_an_outcome_by_another_name_of_its_own_passes():
    facts = relabelled(RUNS, _tool_error="tool_failed", _safety_block="refused by policy", _timeout="deadline")
    assert judged(OUTCOMES, facts).outcome == "pass"


def test_a_counter_without_outcomes_fails():
    facts = [
        msgspec.structs.replace(f, labels={"user": "alice"}) if isinstance(f, MetricSample) and f.name == RUNS else f
        for f in FACTS
    ]
    assert judged(OUTCOMES, facts).summary == "the counter of runs does not tell outcomes apart"


@pytest.mark.parametrize("by", [1, -1])
def test_calls_of_a_tool_must_be_counted_as_they_were(by):
    finding = judged(OUTCOMES, grown(CALLS, by, tool="add_entry", outcome="done"))
    assert finding.outcome == "fail"
    assert finding.summary.startswith("success: 3 calls of add_entry went well and 0 failed")


def test_a_failed_call_that_was_tried_three_times_may_be_counted_once():
    failed = [f for f in FACTS if isinstance(f, ToolCall) and f.case == "tool-error"]
    assert judged(OUTCOMES, [*FACTS, *failed, *failed]).outcome == "pass"


def test_an_alert_while_completion_is_as_ever_fails():
    facts = changed(FACTS, ChannelMessage, lambda m: m.case == "fall", case="steady")
    assert judged(OUTCOMES, facts).summary == "an alert arrives while 95 % of the runs are done, as ever"


def test_a_fall_that_nobody_is_told_of_fails():
    finding = judged(OUTCOMES, without(FACTS, ChannelMessage))
    assert finding.summary == "completion falls from 95 % to 0 %, and no alert arrives"


def test_a_fall_that_is_smaller_than_the_limit_shows_nothing():
    assert judged(OUTCOMES, FACTS, completion_alert=96).outcome == "inconclusive"


def test_undeclared_nothing_is_shown_and_the_key_is_named():
    assert "runs: NAME" in judged(OUTCOMES, declared_system(FACTS, telemetry=None)).fix
    assert "alerts" in judged(OUTCOMES, declared(FACTS, point={})).fix
    cut = changed(FACTS, ScenarioRun, lambda run: True, cut={"metrics": "no route"})
    assert judged(OUTCOMES, cut).summary == "no route"


def test_an_outcome_that_is_asked_for_and_cannot_be_made_shows_nothing():
    assert judged(OUTCOMES, FACTS, categories=["loop", "out of money"]).outcome == "inconclusive"


def test_runs_of_which_nothing_is_counted_fail():
    finding = judged(OUTCOMES, without(FACTS, MetricSample))
    assert finding.summary.startswith("no run is counted as success")
