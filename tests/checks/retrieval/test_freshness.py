"""What `retrieval.index-freshness` says of alerts that come too early, of limits, and of what is not declared."""

from gonogo.facts import ChannelMessage, ScenarioRun
from tests.checks.lab_facts import changed, declared, declared_each, facts_of, judged, without

FRESH = "retrieval.index-freshness"


def test_an_alert_for_a_fresh_index_fails():
    facts = changed(facts_of(FRESH), ChannelMessage, lambda m: True, case="fresh")
    assert judged(FRESH, facts).summary == "an alert calls an index stale that was just filled"


def test_an_alert_about_something_else_does_not_count():
    facts = changed(facts_of(FRESH), ChannelMessage, lambda m: True, text='POST /alerts\n{"text": "the disk is full"}')
    assert judged(FRESH, facts).outcome == "fail"


def test_a_limit_beyond_the_longest_fails():
    assert judged(FRESH, facts_of(FRESH), max_lag_h=12).summary == "the index may be 24 h old, and 12 h is the most"


def test_an_undeclared_limit_or_channel_is_named():
    assert "max_lag_hours" in judged(FRESH, declared_each(facts_of(FRESH), "indexes", max_lag_hours=None)).fix
    silent = declared(without(facts_of(FRESH), ChannelMessage), point={"QDRANT_URL": "qdrant"})
    assert judged(FRESH, silent).fix.startswith("add lab: {point:")


def test_a_pause_that_was_not_played_proves_nothing():
    assert judged(FRESH, changed(facts_of(FRESH), ScenarioRun, lambda r: True, cases=("fresh",))).outcome == (
        "inconclusive"
    )
