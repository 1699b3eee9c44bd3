"""What the proof on the gate says where the step stops everything, lets one harm through, or was cut short."""

import pytest

from gonogo.facts import Measure, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

GATE = "decision.critical-all-pass"


@pytest.mark.parametrize("harm", ["failing", "missing", "stale", "forged"])
def test_a_step_that_lets_one_kind_of_harm_go_fails_and_names_it(harm):
    facts = changed(facts_of(GATE), Measure, lambda m: m.case == harm, value=0)
    finding = judged(GATE, facts)
    assert (finding.outcome, finding.summary.rpartition(" ")[2]) == ("fail", harm)


def test_a_step_that_lets_nothing_go_shows_nothing():
    facts = changed(facts_of(GATE), Measure, lambda m: True, value=127)
    assert judged(GATE, facts).outcome == "inconclusive"


def test_a_harm_that_was_not_tried_decides_nothing():
    facts = changed(facts_of(GATE), ScenarioRun, lambda run: True, cases=("failing", "missing", "stale"))
    assert judged(GATE, facts).outcome == "inconclusive"
