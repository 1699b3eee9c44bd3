"""What the proof of accuracy in use says of labels that are lost, figures that are wrong, and alerts that are early."""

import json

import msgspec

from gonogo.facts import ChannelMessage, Exchange, Measure, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

LABELS = "data.performance-vs-labels"


def told(facts, case, body):
    return changed(facts, Exchange, lambda e: e.purpose == "accuracy" and e.case == case, body=json.dumps(body))


def entry(date, mape, **more):
    return {"date": date, "version": "2026.11", "mape": mape, **more}


def test_without_a_channel_no_alert_could_be_seen():
    assert judged(LABELS, declared(facts_of(LABELS), point={"MODEL_URL": "predictor"})).outcome == "inconclusive"


def test_where_the_clock_cannot_be_shifted_nothing_is_told_of_late_labels():
    facts = changed(facts_of(LABELS), ScenarioRun, lambda r: True, cases=("healthy",), cut={"steady": "no faketime"})
    finding = judged(LABELS, facts)
    assert (finding.outcome, finding.summary) == ("inconclusive", "the case steady was not played: no faketime")


def test_labels_that_the_service_does_not_take_prove_nothing():
    facts = changed(facts_of(LABELS), Measure, lambda m: (m.case, m.name) == ("falling", "labels"), value=12)
    finding = judged(LABELS, facts)
    assert (finding.outcome, finding.summary) == ("inconclusive", "of 200 labels the service took 12")


def test_a_figure_that_does_not_follow_the_labels_fails():
    finding = judged(LABELS, told(facts_of(LABELS), "steady", [entry("2026-12-01", 0.05)]))
    assert (finding.outcome, "mape 0.08" in finding.summary) == ("fail", True)


def test_a_figure_without_a_version_is_none():
    finding = judged(LABELS, told(facts_of(LABELS), "steady", [{"date": "2026-12-01", "mape": 0.08}]))
    assert finding.outcome == "fail"


def test_a_service_that_tells_no_figure_fails():
    assert judged(LABELS, without(facts_of(LABELS), Exchange)).outcome == "fail"


def test_figures_may_stand_within_an_object():
    facts = told(facts_of(LABELS), "steady", {"by_day": [entry("2026-12-01", 0.08)]})
    facts = told(facts, "falling", {"by_day": [entry("2026-12-01", 0.08), entry("2026-12-02", 0.1201)]})
    assert judged(LABELS, facts).outcome == "pass"


def test_an_alert_while_all_is_as_at_release_fails():
    facts = facts_of(LABELS)
    early = msgspec.structs.replace(next(f for f in facts if isinstance(f, ChannelMessage)), case="steady")
    assert judged(LABELS, [*facts, early]).summary == "an alert came while predictions were as good as at release"


def test_a_fall_without_an_alert_fails():
    finding = judged(LABELS, without(facts_of(LABELS), ChannelMessage))
    assert (finding.outcome, finding.summary) == ("fail", "no alert arrived when mape went from 0.08 to 0.12")


def test_a_fall_that_need_not_be_told_proves_nothing():
    assert judged(LABELS, without(facts_of(LABELS), ChannelMessage), drop=60).outcome == "inconclusive"
