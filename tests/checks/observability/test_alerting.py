"""What the proofs on alerts say of alerts that are false, late, of something else, or never over."""

import dataclasses

import msgspec
import pytest

from gonogo.facts import ChannelMessage, Declaration, Exchange, Measure, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

RULES = "observability.alert-rules"


def said(facts, case, text):
    return changed(
        facts, ChannelMessage, lambda m: m.case == case and "head" not in m.text, text=f"POST /alerts\n{text}"
    )


def test_an_alert_on_a_normal_day_fails():
    facts = changed(facts_of(RULES), ChannelMessage, lambda m: m.case == "latency", case="day")
    assert judged(RULES, facts).summary == "a normal day raises alerts"


@pytest.mark.parametrize(
    ("case", "trouble"),
    [("latency", "high latency"), ("errors", "a high error rate"), ("stopped", "a stopped instance")],
)
def test_a_trouble_without_an_alert_of_its_own_fails(case, trouble):
    facts = said(facts_of(RULES), case, "something is going on")
    facts = changed(facts, Measure, lambda m: m.case == case, value=11)
    assert judged(RULES, facts).summary.startswith(f"{trouble} raises no alert of its own within 11 minutes")


def test_an_alert_that_comes_too_late_fails():
    facts = changed(facts_of(RULES), Measure, lambda m: m.case == "stopped", value=6)
    assert judged(RULES, facts).summary == "a stopped instance raises its alert after 6 minutes"


def test_too_short_a_trouble_shows_nothing():
    assert judged(RULES, without(facts_of(RULES), ChannelMessage, "latency")).outcome == "inconclusive"


def test_an_alert_that_is_never_over_fails():
    facts = without(facts_of(RULES), ChannelMessage, "stopped-over")
    assert judged(RULES, facts).summary == "it is never told that a stopped instance is over"


def test_without_a_channel_or_an_objective_or_a_clock_nothing_is_shown():
    facts = facts_of(RULES)
    assert judged(RULES, declared(facts, point={})).outcome == "inconclusive"
    bare = [
        msgspec.structs.replace(f, system=dataclasses.replace(f.system, objectives=()))
        if isinstance(f, Declaration)
        else f
        for f in facts
    ]
    assert "latency-p95" in judged(RULES, bare).fix
    cut = changed(facts, ScenarioRun, lambda run: True, cases=("healthy",), cut={"day": "the clock cannot be set here"})
    assert judged(RULES, cut).summary.endswith("the clock cannot be set here")


def test_an_app_that_answers_without_its_model_shows_no_errors():
    assert judged(RULES, facts_of(RULES), error_rate=100).outcome == "inconclusive"


SECURITY = "observability.security-alerting"


@pytest.mark.parametrize(
    ("case", "what"),
    [("attacks", "a burst of attacks"), ("guessing", "a burst of guessed keys"), ("leak", "a leak in an answer")],
)
def test_an_attack_without_an_event_fails(case, what):
    finding = judged(SECURITY, without(facts_of(SECURITY), ChannelMessage, case))
    assert (finding.outcome, finding.summary) == ("fail", f"{what} raises no security event")


def test_the_event_of_an_earlier_attack_said_again_is_none_of_its_own():
    facts = said(facts_of(SECURITY), "guessing", '{"event": "attack burst", "count": 19}')
    facts = said(facts, "attacks", '{"event": "attack burst", "count": 3}')
    assert judged(SECURITY, facts).summary == "a burst of guessed keys raises no security event"


def test_an_event_that_comes_too_late_fails():
    facts = changed(
        facts_of(SECURITY), ChannelMessage, lambda m: m.case == "leak" and m.channel == "/security", at_s=900.0
    )
    assert judged(SECURITY, facts).summary == "the event of a leak in an answer arrives after 15 minutes"


def test_security_events_on_ordinary_requests_fail():
    facts = changed(facts_of(SECURITY), ChannelMessage, lambda m: m.case == "attacks", case="healthy")
    assert judged(SECURITY, facts).summary == "ordinary requests raise security events"


def test_guessed_keys_that_are_let_in_show_nothing():
    facts = changed(facts_of(SECURITY), Exchange, lambda e: e.purpose == "guess", status=200)
    assert judged(SECURITY, facts).outcome == "inconclusive"


def test_without_a_channel_for_security_nothing_is_shown():
    finding = judged(SECURITY, declared(facts_of(SECURITY), point={"ALERTS_URL": "alerts"}))
    assert (finding.outcome, "security}}" in finding.fix) == ("inconclusive", True)
