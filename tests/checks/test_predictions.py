"""What the proofs of prediction endpoints say where something is not declared, or did not happen."""

import msgspec
import pytest

from gonogo.facts import AppLog, ChannelMessage, Exchange, Prediction
from tests.checks.lab_facts import declared_each, facts_of, judged, without

RANGE, FALLBACK, TIMEOUT = (
    "security-output.prediction-range", "reliability.prediction-fallback", "reliability.inference-timeout",
)  # fmt: skip
LOGGED, SCHEMA, UNUSUAL = "data.predictions-logged", "data.incoming-schema", "data.null-unseen-values"


def declared(facts, **changed):
    """The same facts under a declaration whose endpoint says something else."""
    return declared_each(facts, "predictions", **changed)


@pytest.mark.parametrize("control", [RANGE, FALLBACK, TIMEOUT])
def test_without_a_declared_flag_a_fallback_cannot_be_told(control):
    finding = judged(control, declared(facts_of(control), flag=None))
    assert (finding.outcome, finding.fix) == ("inconclusive", "add predictions[].flag")


@pytest.mark.parametrize("control", [RANGE, FALLBACK, TIMEOUT, LOGGED, SCHEMA, UNUSUAL])
def test_where_the_model_was_never_asked_nothing_is_proven(control):
    finding = judged(control, without(facts_of(control), Prediction))
    assert finding.outcome == "inconclusive"
    assert "no prediction of the model was seen" in finding.summary


@pytest.mark.parametrize(("control", "case"), [(RANGE, "above"), (FALLBACK, "crash")])
def test_a_case_without_an_alert_fails(control, case):
    finding = judged(control, without(facts_of(control), ChannelMessage, case))
    assert (finding.outcome, finding.summary) == ("fail", f"no alert arrived: {case}")


def test_without_a_range_nothing_is_outside_of_it():
    finding = judged(RANGE, declared(facts_of(RANGE), output_min=None, output_max=None))
    assert (finding.outcome, finding.summary) == ("inconclusive", "no range of predictions is declared")


def test_a_failure_that_no_log_line_tells_fails():
    finding = judged(FALLBACK, without(facts_of(FALLBACK), AppLog, "null"))
    assert (finding.outcome, finding.summary) == ("fail", "no log line has the exception and the model's version: null")


def changed(facts, cases, **fields):
    return [msgspec.structs.replace(f, **fields) if isinstance(f, Exchange) and f.case in cases else f for f in facts]


def test_a_failure_that_reaches_the_caller_fails():
    finding = judged(FALLBACK, changed(facts_of(FALLBACK), ("crash",), status=500, body=""))
    assert (finding.outcome, finding.summary) == ("fail", "1 failure of the model reached the caller")


def test_a_model_whose_predictions_do_not_come_back_fails():
    facts = facts_of(FALLBACK)
    fallback = next(f.body for f in facts if isinstance(f, Exchange) and f.case == "crash")
    finding = judged(FALLBACK, changed(facts, ("recovered",), body=fallback))
    assert finding.summary == "the model's predictions do not come back with the model"


def test_a_slow_prediction_that_goes_on_fails():
    facts = [msgspec.structs.replace(f, aborted=False) if isinstance(f, Prediction) else f for f in facts_of(TIMEOUT)]
    assert judged(TIMEOUT, facts).summary == "the slow prediction is not abandoned: it goes on"


def test_a_field_of_which_nothing_is_declared_is_not_covered():
    facts = declared(facts_of(UNUSUAL), missing={"area_m2": "reject", "rooms": "reject", "district": "reject"})
    finding = judged(UNUSUAL, facts)
    assert finding.outcome == "fail"
    assert "of 1 field nobody says what a missing value becomes: built" in finding.summary


def test_an_unusual_value_that_ends_in_an_error_fails():
    finding = judged(UNUSUAL, changed(facts_of(UNUSUAL), ("unusual",), status=500, body=""))
    assert "end in an error of the service" in finding.summary


def test_a_refusal_without_a_reason_fails():
    finding = judged(SCHEMA, changed(facts_of(SCHEMA), ("invalid",), body=""))
    assert (finding.outcome, finding.summary) == ("fail", "a record is refused without a reason")


def test_records_that_lack_the_features_and_the_feedback_fail():
    facts = [
        msgspec.structs.replace(f, text=f.text.replace('"area_m2"', '"a"').replace("1990", "0").replace("410000", "0"))
        if isinstance(f, AppLog)
        else f
        for f in facts_of(LOGGED)
    ]
    assert judged(LOGGED, facts).summary == "records lack features, feedback"
