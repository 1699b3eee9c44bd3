"""What the proof of drift detection says of alerts that are missing, too many, late, or of a replay that drifts."""

import msgspec

from gonogo.facts import ChannelMessage, Measure
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

DRIFT = "data.drift-detection"


def alert(case, text):
    one = next(f for f in facts_of(DRIFT) if isinstance(f, ChannelMessage))
    return msgspec.structs.replace(one, case=case, text=f"POST /alerts\n{text}")


def measured(case, name, value, subject=None):
    def chosen(m):
        return m.case == case and m.name == name and subject in (None, m.subject)

    return changed(facts_of(DRIFT), Measure, chosen, value=value)


def test_without_a_channel_no_alert_could_be_seen():
    finding = judged(DRIFT, declared(facts_of(DRIFT), point={"MODEL_URL": "predictor"}))
    assert (finding.outcome, finding.fix) == ("inconclusive", "lab: {point: {YOUR_ALERT_URL: alerts}} in gonogo.yaml")


def test_rows_that_are_refused_show_nothing():
    finding = judged(DRIFT, measured("mean of rooms", "rows-accepted", 20))
    assert (finding.outcome, "mean of rooms" in finding.summary) == ("inconclusive", True)


def test_a_replay_that_drifts_by_itself_shows_nothing():
    finding = judged(DRIFT, measured("healthy", "psi", 0.3, "built"))
    assert (finding.outcome, finding.summary) == ("inconclusive", "the replay of training data itself drifts: built")


def test_one_alert_without_drift_is_more_than_one_a_week():
    finding = judged(DRIFT, [*facts_of(DRIFT), alert("healthy", '{"feature": "rooms"}')])
    assert (finding.outcome, finding.summary) == ("fail", "1 alert without any drift, in a replay of 800 rows")


def test_an_alert_that_names_every_feature_names_none():
    finding = judged(DRIFT, [*facts_of(DRIFT), alert("mix of district", "drift in area_m2, rooms, district, built")])
    assert finding.outcome == "fail"
    assert finding.summary.startswith("alerts name features that did not shift: area_m2 at mix of district")


def test_silence_fails():
    finding = judged(DRIFT, without(facts_of(DRIFT), ChannelMessage))
    assert finding.summary.startswith("8 of 8 shifts did not raise an alert with the feature's name within 200 rows")


def test_an_alert_that_does_not_name_the_feature_is_none():
    facts = without(facts_of(DRIFT), ChannelMessage, "mix of district")
    finding = judged(DRIFT, [*facts, alert("mix of district", "something drifts")])
    assert (finding.outcome, "mix of district" in finding.summary) == ("fail", True)


def test_a_longer_window_than_allowed_fails():
    finding = judged(DRIFT, facts_of(DRIFT), window_rows=100)
    assert finding.summary == "drift is told after 200 rows, at most 100 are allowed"


def test_a_shift_below_the_thresholds_need_not_be_told():
    facts = without(facts_of(DRIFT), ChannelMessage)
    assert judged(DRIFT, facts, psi=9.0, ks_effect=1.0).outcome == "inconclusive"


def test_a_shift_that_only_the_distance_shows_must_be_told():
    facts = without(facts_of(DRIFT), ChannelMessage, "mean of rooms")
    finding = judged(DRIFT, facts, psi=9.0)
    assert (finding.outcome, "mean of rooms" in finding.summary) == ("fail", True)
