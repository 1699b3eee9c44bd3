"""What the proof of feature code says of tests that fail, of unseen lines, and of records that cannot be compared."""

import pytest

from gonogo.facts import Measure
from tests.checks.lab_facts import changed, facts_of, judged

TESTS = "data.preprocessing-tests"


def measured(name, value, **more):
    return changed(facts_of(TESTS), Measure, lambda m: m.name == name, value=value, **more)


@pytest.mark.parametrize(("code", "said"), [(1, "the tests of feature code end with 1"), (-1, "the tests did not end")])
def test_tests_that_fail_or_hang_fail(code, said):
    finding = judged(TESTS, measured("exit-code", code))
    assert (finding.outcome, finding.summary) == ("fail", said)


def test_a_module_with_too_few_lines_covered_fails():
    finding = judged(TESTS, measured("coverage", 79.0, text="lines [12]"))
    assert finding.summary == "tests run 79 % of the lines of pricing/features.py, 80 % are wanted"
    assert finding.evidence[0].detail == "79 %, not lines [12]"


def test_where_no_line_was_seen_nothing_is_told_of_coverage():
    facts = [f for f in facts_of(TESTS) if not (isinstance(f, Measure) and f.name == "coverage")]
    assert judged(TESTS, facts).outcome == "inconclusive"


def test_where_no_record_reached_the_model_nothing_can_be_compared():
    assert judged(TESTS, measured("served", 0)).summary == "no record reached the model"


def test_training_code_that_gives_other_lines_than_it_gets_proves_nothing():
    finding = judged(TESTS, measured("trained", 3))
    assert (finding.outcome, finding.summary) == (
        "inconclusive", "for 28 records the training code gave features of 3",
    )  # fmt: skip
