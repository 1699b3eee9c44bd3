"""What the proof on the cache of answers says where it holds nothing, too much, or too long."""

import msgspec
import pytest

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged, without

CACHE = "performance.response-cache"


def asked(case):
    return [f for f in facts_of(CACHE) if isinstance(f, Exchange) and f.case == case and f.purpose == "journey"]


def unpaid(case):
    """The facts, with the last question of a case answered as the first was, and without a model call."""
    first, last = asked(case)[0], asked(case)[-1]
    facts = [f for f in facts_of(CACHE) if not (isinstance(f, ModelCall) and f.journey == last.journey)]
    return changed(facts, Exchange, lambda e: e.journey == last.journey, matches=first.matches, answer=first.answer)


def test_equal_questions_that_are_all_paid_for_fail():
    facts = facts_of(CACHE)
    call = next(f for f in facts if isinstance(f, ModelCall) and f.case == "equal")
    facts.append(msgspec.structs.replace(call, journey=asked("equal")[-1].journey))
    assert judged(CACHE, facts).summary == "3 equal questions made 2 model calls: nothing is cached"


def test_an_equal_question_with_another_answer_fails():
    facts = changed(facts_of(CACHE), Exchange, lambda e: e.journey == asked("equal")[-1].journey, matches=())
    assert judged(CACHE, facts).summary == "an equal question got another answer from the cache"


def test_a_personal_answer_from_the_cache_fails():
    assert judged(CACHE, unpaid("personal")).summary == "chat is personal and answered from the cache"


@pytest.mark.parametrize(
    ("case", "what"),
    [("purged", "a purge"), ("changed-model", "a change of model"), ("changed-prompt", "a change of prompt")],
)
def test_an_old_answer_after_what_made_it_wrong_fails(case, what):
    assert judged(CACHE, unpaid(case)).summary == f"after {what} the old answer is still given"


def test_an_answer_beyond_the_time_to_live_fails():
    assert judged(CACHE, unpaid("expired")).summary == "an answer is still given after 61 minutes"


def test_a_clock_that_stood_still_leaves_it_open():
    facts = changed(facts_of(CACHE), Exchange, lambda e: e.case == "expired", headers={})
    assert judged(CACHE, facts).outcome == "inconclusive"


def stale(**headers):
    old = asked("expired")[-1]
    chosen = lambda e: e.case == "stale"  # noqa: E731
    return changed(facts_of(CACHE), Exchange, chosen, status=200, matches=old.matches, headers=headers)


def test_an_old_answer_in_an_outage_must_say_that_it_is_old():
    assert judged(CACHE, stale()).summary == "with the model away an old answer is given as if it were new"
    assert judged(CACHE, stale(age="3660")).outcome == "pass"


def test_a_change_that_was_not_tried_leaves_it_open():
    cases = tuple(c for r in facts_of(CACHE) if isinstance(r, ScenarioRun) for c in r.cases if c != "changed-model")
    finding = judged(CACHE, changed(facts_of(CACHE), ScenarioRun, lambda r: True, cases=cases))
    assert (finding.outcome, finding.summary) == ("inconclusive", "a change of model was not tried")


def test_a_question_without_a_model_call_leaves_it_open():
    assert judged(CACHE, without(facts_of(CACHE), ModelCall, "equal")).outcome == "inconclusive"
