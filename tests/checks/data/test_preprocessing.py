"""What the proof of feature code says of tests that fail, of unseen lines, and of records that cannot be compared."""

import pytest

from gonogo.facts import Measure, SuiteRun
from tests.checks.lab_facts import changed, facts_of, judged

TESTS = "data.preprocessing-tests"


def measured(name, value, **more):
    return changed(facts_of(TESTS), Measure, lambda m: m.name == name, value=value, **more)


def suite(**fields):
    return changed(facts_of(TESTS), SuiteRun, lambda s: True, **fields)


@pytest.mark.parametrize(
    ("fields", "outcome", "said"),
    [
        ({"exit_code": 1}, "fail", "the tests end with exit code 1"),
        ({"exit_code": None, "seconds": 900.0}, "inconclusive", "the tests did not end within 900 s"),
        ({"problem": "no report", "covered": {}}, "inconclusive", "what the tests cover is not known: no report"),
        ({"covered": {}}, "inconclusive", "predictions[].preprocessing.modules names no file"),
        ({"covered": {"f.py": (3, 4)}}, "fail", "tests run 75 % of the lines of f.py, 80 % are wanted"),
        ({"unmeasured": ("g.py",)}, "fail", "tests run 0 % of the lines of g.py, 80 % are wanted"),
    ],
)
def test_tests_that_fail_or_leave_lines_out_are_told(fields, outcome, said):
    finding = judged(TESTS, suite(**fields))
    assert (finding.outcome, finding.summary) == (outcome, said)


def test_where_no_record_reached_the_model_nothing_can_be_compared():
    assert judged(TESTS, measured("served", 0)).summary == "no record reached the model"


def test_training_code_that_gives_other_lines_than_it_gets_proves_nothing():
    finding = judged(TESTS, measured("trained", 3))
    assert (finding.outcome, finding.summary) == (
        "inconclusive", "for 28 records the training code gave features of 3",
    )  # fmt: skip
