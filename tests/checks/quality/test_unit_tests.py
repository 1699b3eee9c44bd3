"""What the proof on unit tests says where they fail, hang, are cut off by half a wall, or cover too little."""

import pytest

from gonogo.facts import Contact, ScenarioRun, SuiteRun
from tests.checks.lab_facts import changed, facts_of, judged

TESTS = "quality.unit-tests"


def of(**fields):
    return judged(TESTS, changed(facts_of(TESTS), SuiteRun, lambda suite: True, **fields))


def test_tests_that_fail_without_a_network_fail():
    assert of(exit_code=1).summary == "without a network the tests end with exit code 1"


def test_tests_that_want_the_network_and_fail_without_it_are_told_as_both():
    facts = changed(facts_of(TESTS, "fail"), SuiteRun, lambda suite: True, exit_code=1)
    assert judged(TESTS, facts).summary.endswith(":80, and do not pass without it")


def test_a_name_that_was_only_looked_up_is_an_attempt():
    facts = changed(facts_of(TESTS, "fail"), Contact, lambda contact: True, port=0)
    assert judged(TESTS, facts).summary == "the tests want to reach forms.example.org"


def test_tests_without_end_show_nothing():
    assert of(exit_code=None).outcome == "inconclusive"


def test_where_the_network_is_not_cut_whole_a_pass_is_not_shown():
    facts = changed(facts_of(TESTS), ScenarioRun, lambda run: True, contained="landlock+proxy")
    assert judged(TESTS, facts).outcome == "inconclusive"


@pytest.mark.parametrize("problem", ["no tests.coverage is declared", "the tests left no lcov.info", None])
def test_without_coverage_nothing_is_known_of_the_core(problem):
    finding = of(covered={}, problem=problem)
    assert finding.outcome == "inconclusive"
    assert (problem or "the report names none of tests.core") in finding.summary


def test_a_core_module_that_no_test_runs_fails():
    finding = of(unmeasured=("sorter/edge.py",))
    assert (finding.outcome, finding.evidence[0].path) == ("fail", "sorter/edge.py")


def test_the_modules_that_are_covered_least_come_first():
    finding = of(covered={"a.py": (9, 10), "b.py": (1, 10)})
    assert finding.summary == "the tests run 50 % of the lines of the core modules"
    assert [e.path for e in finding.evidence] == ["b.py", "a.py"]
