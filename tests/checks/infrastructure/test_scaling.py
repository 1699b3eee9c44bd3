"""What the proof on several instances says of turns that are lost, unanswered, or never were one conversation."""

import pytest

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

SCALING = "infrastructure.stateless-scaling"


def last(facts, case):
    return [f for f in facts if isinstance(f, Exchange) and f.case == case][-1].journey


@pytest.mark.parametrize(("case", "how"), [("two", "two instances in turn"), ("killed", "one of them was killed")])
def test_a_turn_that_does_not_rest_on_those_before_is_lost(case, how):
    facts = facts_of(SCALING)
    journey = last(facts, case)
    finding = judged(SCALING, changed(facts, ModelCall, lambda c: c.journey == journey, prompt=()))
    assert finding.outcome == "fail"
    assert how in finding.summary


def test_a_turn_without_an_answer_is_lost():
    facts = facts_of(SCALING)
    journey = last(facts, "killed")
    finding = judged(SCALING, changed(facts, Exchange, lambda e: e.journey == journey, status=502, answer=""))
    assert finding.summary == "after one of them was killed 1 turn does not rest on what was said before"


def test_what_is_no_conversation_with_one_instance_shows_nothing():
    finding = judged(SCALING, changed(facts_of(SCALING), ModelCall, lambda c: c.case == "one", prompt=()))
    assert finding.outcome == "inconclusive"


def test_undeclared_nothing_is_shown_and_the_keys_are_named():
    facts = changed(facts_of(SCALING), ScenarioRun, lambda run: True, cases=("healthy",), cut={"one": "not declared"})
    finding = judged(SCALING, facts)
    assert finding.outcome == "inconclusive"
    assert all(key in finding.fix for key in ("port_variable", "conversation", "shared"))
