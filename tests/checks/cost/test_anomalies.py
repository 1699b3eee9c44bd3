"""What the proof on anomalies of spend says of alerts that are false, missing, late, or of nobody."""

import dataclasses

import msgspec
import pytest

from gonogo.facts import ChannelMessage, Declaration, Measure, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged

SPEND = "cost.cost-anomaly-detection"


def said(text, **fields):
    chosen = lambda m: m.case == "spike" and "anomaly" in m.text  # noqa: E731
    return changed(facts_of(SPEND), ChannelMessage, chosen, text=f"POST /alerts\n{text}", **fields)


def test_one_false_alert_a_week_is_borne_and_two_are_not():
    facts = facts_of(SPEND)
    alert = next(f for f in facts if isinstance(f, ChannelMessage) and "anomaly" in f.text)
    false = msgspec.structs.replace(alert, case="week")
    assert judged(SPEND, [*facts, false]).outcome == "pass"
    assert judged(SPEND, [*facts, false, false]).summary == "a normal week raises 2 alerts of spend"


def test_a_rise_that_nobody_is_told_of_fails():
    facts = changed(said('{"event": "something"}'), Measure, lambda m: m.name == "calls", value=1)
    assert judged(SPEND, facts).outcome == "inconclusive"  # it was cut short
    finding = judged(SPEND, changed(facts, Measure, lambda m: m.name == "minute", value=15))
    assert (finding.outcome, "times its usual calls of an hour, and no alert" in finding.summary) == ("fail", True)


def test_too_small_a_rise_shows_nothing():
    facts = changed(said('{"event": "something"}'), Measure, lambda m: m.name == "calls", value=100)
    assert judged(SPEND, facts).outcome == "inconclusive"


def test_an_alert_that_comes_too_late_fails():
    facts = changed(facts_of(SPEND), Measure, lambda m: m.name == "minute", value=16)
    assert judged(SPEND, facts).summary == "the alert arrives after 16 minutes"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ('{"event": "spend anomaly", "feature": "answers"}', "the alert does not name the key"),
        ('{"event": "spend anomaly"}', "the alert does not name the key and the feature"),
        ('{"event": "spend anomaly", "key": "bob", "feature": "answers"}', "the alert does not name the key"),
    ],
)
def test_an_alert_names_the_key_and_the_feature(text, lacking):
    assert judged(SPEND, said(text)).summary == lacking


def test_without_a_channel_a_feature_or_a_clock_nothing_is_shown():
    facts = facts_of(SPEND)
    assert judged(SPEND, declared(facts, point={})).outcome == "inconclusive"
    bare = []
    for fact in facts:
        if isinstance(fact, Declaration):
            journeys = tuple(dataclasses.replace(j, feature=None) for j in fact.system.journeys)
            fact = msgspec.structs.replace(fact, system=dataclasses.replace(fact.system, journeys=journeys))
        bare.append(fact)
    assert judged(SPEND, bare).fix == "journeys: [{feature: NAME}]"
    cut = changed(facts, ScenarioRun, lambda run: True, cases=("healthy",), cut={"week": "the clock cannot be set"})
    assert judged(SPEND, cut).outcome == "inconclusive"
