"""What the proofs on routing say where a question goes astray, or a doubt goes up never, too often or for nothing."""

import dataclasses

import msgspec

from gonogo.facts import Declaration, Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

RULES, UP = "cost.routing-rules", "cost.routing-escalation"
SMALL, LARGE = "gpt-4o-mini-2024-07-18", "gpt-4o-2024-11-20"


def tiers(facts, **fields):
    (given,) = (f.system.lab.tiers for f in facts if isinstance(f, Declaration))
    return declared(facts, tiers=tuple(dataclasses.replace(t, **fields) for t in given))


def test_one_question_in_twelve_that_goes_astray_fails():
    facts = facts_of(RULES)
    one = next(f for f in facts if isinstance(f, ModelCall) and f.case == "labelled" and f.model == SMALL)
    facts = changed(facts, ModelCall, lambda c: c.order == one.order, model=LARGE)
    assert judged(RULES, facts).summary == "1 of 12 labelled questions went to another model than the rules say"
    assert judged(RULES, facts, match=90).outcome == "pass"


def test_too_few_labelled_questions_leave_it_open():
    facts = facts_of(RULES)
    assert "fewer than 5 questions" in judged(RULES, tiers(facts, texts=("Where?",))).summary


def test_a_question_without_a_model_call_leaves_it_open():
    assert judged(RULES, without(facts_of(RULES), ModelCall, "labelled")).outcome == "inconclusive"


def calls(case, **fields):
    return changed(facts_of(UP), ModelCall, lambda c: c.case == case and c.model == LARGE, **fields)


def twice(case):
    facts = facts_of(UP)
    up = next(f for f in facts if isinstance(f, ModelCall) and f.case == case and f.model == LARGE)
    return [*facts, msgspec.structs.replace(up, order=up.order + 1000)]


def test_a_stronger_model_that_is_asked_twice_fails():
    assert judged(UP, twice("nothing")).summary.endswith("says nothing a stronger model is asked 2 times")
    assert judged(UP, twice("all-unsure")).summary == "where the stronger model is unsure too it is asked again"


def test_a_user_who_does_not_get_the_stronger_answer_fails():
    facts = changed(facts_of(UP), Exchange, lambda e: e.case == "unsure", matches=())
    assert "does not get the stronger answer" in judged(UP, facts).summary


def test_a_good_answer_that_goes_up_fails():
    facts = facts_of(UP)
    sure = next(f for f in facts if isinstance(f, ModelCall) and f.case == "sure")
    facts = [*facts, msgspec.structs.replace(sure, order=sure.order + 1000, model=LARGE)]
    assert judged(UP, facts).summary == "a good answer of the cheap model goes up as well"


def test_going_up_beyond_the_budget_of_a_request_fails():
    assert "costs more than the $0.05" in judged(UP, calls("unsure", usd=1.0)).summary


def test_a_strong_model_that_is_asked_first_leaves_it_open():
    facts = changed(facts_of(UP), ModelCall, lambda c: c.case == "sure", model=LARGE)
    assert judged(UP, facts).outcome == "inconclusive"


def test_a_doubt_that_is_not_declared_leaves_it_open():
    facts = changed(facts_of(UP), ScenarioRun, lambda r: True, cases=("healthy", "sure", "nothing"))
    finding = judged(UP, facts)
    assert (finding.outcome, "doubtful" in (finding.fix or "")) == ("inconclusive", True)
