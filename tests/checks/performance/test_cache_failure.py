"""What the proof on a lost cache says where users fail, wait, read something else, or the model is flooded."""

import msgspec

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

CACHE = "performance.cache-failure"


def case(name):
    return lambda fact: fact.case == name


def test_requests_that_fail_without_the_cache_fail():
    facts = changed(facts_of(CACHE), Exchange, case("gone"), status=500)
    assert judged(CACHE, facts).summary == "without the cache 12 of 36 requests fail"


def test_an_answer_that_no_model_gave_fails():
    facts = changed(facts_of(CACHE), Exchange, case("garbage"), matches=())
    assert judged(CACHE, facts).summary == "with a broken cache 12 answers are not what the model said"


def test_requests_that_wait_for_a_silent_cache_fail():
    facts = changed(facts_of(CACHE), Exchange, case("hung"), elapsed_ms=5_000)
    assert judged(CACHE, facts).summary.startswith("with the cache hung half of the requests take ")


def test_equal_requests_that_all_call_the_model_fail():
    facts = facts_of(CACHE)
    call = next(f for f in facts if isinstance(f, ModelCall) and f.case == "together")
    more = [msgspec.structs.replace(call, order=1000 + n) for n in range(9)]
    assert (
        judged(CACHE, [*facts, *more]).summary
        == "10 equal requests at the same time make 10 model calls without the cache"
    )


def test_users_who_fail_with_a_working_cache_leave_it_open():
    assert judged(CACHE, changed(facts_of(CACHE), Exchange, case("working"), status=503)).outcome == "inconclusive"


def test_a_way_of_failing_that_was_not_played_leaves_it_open():
    facts = changed(
        facts_of(CACHE), ScenarioRun, lambda r: True, cases=("healthy", "working", "gone", "together", "hung")
    )
    assert judged(CACHE, facts).outcome == "inconclusive"
