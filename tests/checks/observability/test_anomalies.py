"""What the proof on unusual inputs and outputs says of flags that are missing, false, or without a reason."""

import json

import msgspec
import pytest

from gonogo.facts import AppLog, Exchange
from tests.checks.lab_facts import changed, declared, facts_of, judged

ANOMALIES = "observability.io-anomalies"


def queued(facts, change):
    """The same facts, with other records in the queue; None takes one away."""
    made = []
    for fact in facts:
        if isinstance(fact, AppLog) and fact.stream == "review.jsonl":
            record = change(json.loads(fact.text), fact.case)
            if record is None:
                continue
            fact = msgspec.structs.replace(fact, text=json.dumps(record))
        made.append(fact)
    return made


@pytest.mark.parametrize("case", ["long-questions", "long-answers", "language", "repetition", "hostile-answers"])
def test_an_outlier_that_is_not_flagged_is_named(case):
    finding = judged(ANOMALIES, queued(facts_of(ANOMALIES), lambda r, c: None if c == case else r))
    assert finding.outcome == "fail"
    assert finding.evidence[0].detail.startswith(f"{case}: ")


def test_a_flag_of_another_request_does_not_count():
    finding = judged(ANOMALIES, queued(facts_of(ANOMALIES), lambda r, c: {**r, "trace": "f" * 32}))
    assert finding.summary.startswith("nobody is told of long questions and long answers")


def test_flags_without_a_reason_fail():
    finding = judged(ANOMALIES, queued(facts_of(ANOMALIES), lambda r, c: {**r, "reason": ""}))
    assert finding.summary == "flags stand in the queue without a reason"


def test_one_reason_for_everything_is_none():
    finding = judged(ANOMALIES, queued(facts_of(ANOMALIES), lambda r, c: {**r, "reason": "unusual"}))
    assert finding.summary == "every flag has the same reason"


def test_ordinary_requests_that_are_flagged_are_too_many():
    facts = facts_of(ANOMALIES)
    ordinary = [f for f in facts if isinstance(f, Exchange) and f.case == "ordinary"][:2]
    line = next(f for f in facts if isinstance(f, AppLog) and f.stream == "review.jsonl")
    false = [
        msgspec.structs.replace(line, case="ordinary", text=json.dumps({"trace": e.journey, "reason": "odd"}))
        for e in ordinary
    ]
    assert judged(ANOMALIES, [*facts, *false[:1]]).outcome == "pass"
    assert judged(ANOMALIES, [*facts, *false]).summary == "2 of 50 ordinary requests are flagged"


def test_an_undeclared_queue_is_unknown():
    finding = judged(ANOMALIES, declared(facts_of(ANOMALIES), flags=None))
    assert (finding.outcome, finding.fix) == ("inconclusive", "lab: {flags: FILE} in gonogo.yaml")


def test_an_app_that_does_not_answer_ordinary_requests_shows_nothing():
    facts = changed(facts_of(ANOMALIES), Exchange, lambda e: e.case == "ordinary", status=503, answer="")
    assert judged(ANOMALIES, facts).outcome == "inconclusive"
