"""What the proof of explanations says of those that are missing, loose, or name the wrong feature."""

import json

import pytest

from gonogo.checks.data.explanations import _weights as weights
from gonogo.facts import Exchange, Prediction
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

EXPLAINED = "data.explanations"
FIELDS = {"area": {}, "built": {}}


def explained(chosen=lambda e: True, **fields):
    return changed(facts_of(EXPLAINED), Exchange, lambda e: e.purpose == "explanation" and chosen(e), **fields)


def first():
    return next(f for f in facts_of(EXPLAINED) if isinstance(f, Exchange) and f.purpose == "explanation")


def test_where_the_model_was_never_asked_nothing_is_proven():
    assert judged(EXPLAINED, without(facts_of(EXPLAINED), Prediction)).outcome == "inconclusive"


def test_one_prediction_without_an_explanation_fails():
    finding = judged(EXPLAINED, explained(lambda e: e.url == first().url, status=404, body='{"error": "not found"}'))
    assert finding.summary == "1 of 8 predictions have no explanation with weights of features"


def test_an_explanation_that_changes_fails():
    body = json.dumps({"area_m2": 5, "rooms": 1})
    finding = judged(EXPLAINED, explained(lambda e: e.journey == first().journey, body=body))
    assert finding.summary == "1 explanation is another when asked for again"


@pytest.mark.parametrize("told", [{"area_m2": 5.0, "rooms": -9.0}, {"area_m2": 5, "rooms": 5}])
def test_another_feature_or_two_in_the_first_place_fail(told):
    finding = judged(EXPLAINED, explained(lambda e: e.case == "decisive area_m2", body=json.dumps(told)))
    assert (finding.outcome, finding.summary[:17]) == ("fail", "in 2 explanations")


def test_an_explanation_that_was_cut_proves_nothing():
    assert judged(EXPLAINED, explained(body='{"weights": [ ... ]', body_bytes=90_000)).outcome == "inconclusive"


@pytest.mark.parametrize(
    "document",
    [
        {"area": 0.7, "built": -0.1, "base": 3},
        {"weights": [{"feature": "area", "value": 80, "weight": 0.7}, {"feature": "built", "weight": -0.1}]},
        [["area", 0.7], ["built", -0.1]],
        {"data": {"shap": {"area": 0.7, "built": -0.1}}},
    ],
)
def test_weights_are_read_in_the_forms_that_services_give_them(document):
    assert weights(document, FIELDS) == {"area": 0.7, "built": -0.1}


def test_texts_and_flags_are_no_weights():
    assert weights({"area": True, "built": "0.1", "note": ["area"]}, FIELDS) == {}


def test_where_a_class_stays_the_same_no_feature_can_come_first():
    facts = declared_each(explained(body='{"area_m2": 0, "rooms": 0}'), "predictions", classes=("low", "high"))
    assert judged(EXPLAINED, facts).outcome == "inconclusive"
