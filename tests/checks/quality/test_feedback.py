"""What the proof of feedback says of ratings that are refused, lost, or kept beside something else."""

import json

import pytest

from gonogo.facts import AppLog, Exchange
from tests.checks.lab_facts import changed, facts_of, judged, without

FEEDBACK = "quality.feedback-collected"


def lines(change):
    """The recorded facts, with each line of a rating changed."""
    made = []
    for f in facts_of(FEEDBACK):
        if isinstance(f, AppLog) and f.stream == "feedback.jsonl":
            (f,) = changed([f], AppLog, lambda line: True, text=json.dumps(change(json.loads(f.text))))
        made.append(f)
    return made


def said(finding):
    return (finding.outcome, finding.evidence[0].detail if finding.evidence else "")


def test_answers_that_nobody_can_rate_prove_nothing():
    facts = [f for f in facts_of(FEEDBACK) if not (isinstance(f, Exchange) and f.purpose == "feedback")]
    finding = judged(FEEDBACK, facts)
    assert (finding.outcome, finding.summary[:31]) == ("inconclusive", "answers do not name themselves,")


def test_a_rating_that_is_refused_fails():
    facts = changed(facts_of(FEEDBACK), Exchange, lambda e: e.name == "down", status=403)
    assert judged(FEEDBACK, facts).summary == "2 of 4 ratings are refused"


def test_without_records_nothing_is_linked():
    finding = judged(FEEDBACK, without(facts_of(FEEDBACK), AppLog))
    assert said(finding) == ("fail", "down: the rating is on no record of its answer")


def without_key(*names):
    return lambda record: {k: v for k, v in record.items() if k not in names}


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda r: {**r, "rating": "up"}, "down: the rating is on no record of its answer"),
        (lambda r: {**r, "ratings": ["up", "down"]}, "down: another rating is on it as well"),
        (lambda r: {**r, "prompt": "Where do I park?"}, "down: it stands beside another prompt"),
    ],
)
def test_a_rating_beside_something_else_fails(change, detail):
    assert said(judged(FEEDBACK, lines(change))) == ("fail", detail)


@pytest.mark.parametrize(
    ("names", "detail"), [(("release", "model"), "down: no version"), (("prompt",), "down: no prompt")]
)
def test_a_rating_without_version_or_prompt_fails(names, detail):
    facts = [f for f in lines(without_key(*names)) if not (isinstance(f, AppLog) and f.stream != "feedback.jsonl")]
    assert said(judged(FEEDBACK, facts)) == ("fail", detail)


def test_version_and_prompt_may_stand_in_another_record_of_the_answer():
    assert judged(FEEDBACK, lines(without_key("release", "model", "prompt"))).outcome == "pass"
