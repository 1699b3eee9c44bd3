"""What the proof on quotas says where a quota holds nobody, holds the wrong ones, or was not tried."""

from gonogo.facts import Exchange, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged

QUOTA = "cost.user-session-quota"


def test_a_quota_that_nobody_meets_fails():
    facts = changed(facts_of(QUOTA), Exchange, lambda e: e.case == "user-requests", status=200)
    assert "met no quota of requests of a user" in judged(QUOTA, facts).summary


def test_a_refusal_without_a_reset_time_fails():
    facts = changed(facts_of(QUOTA), Exchange, lambda e: e.case == "user-tokens", headers={})
    assert judged(QUOTA, facts).summary == "the 429 beyond the quota of tokens of a user tells no reset time"


def test_another_status_than_429_fails():
    facts = changed(facts_of(QUOTA), Exchange, lambda e: e.case == "user-requests" and e.status == 429, status=500)
    assert judged(QUOTA, facts).summary == "beyond the quota of requests of a user comes no 429"


def test_a_second_user_who_is_stopped_fails():
    facts = changed(facts_of(QUOTA), Exchange, lambda e: e.identity == "bob", status=429)
    assert judged(QUOTA, facts).summary == "a second user is stopped by the quota of the first"


def test_a_model_call_beyond_the_quota_fails():
    facts = facts_of(QUOTA)
    spent = next(f for f in facts if isinstance(f, Exchange) and f.said == "spent session")
    call = next(f for f in facts if isinstance(f, ModelCall) and f.case == "session-tokens")
    late = changed([call], ModelCall, lambda c: True, journey=spent.journey)
    summary = judged(QUOTA, [*facts, *late]).summary
    assert summary == "beyond the quota of tokens of a session the model is still called"


def test_a_quota_that_was_not_tried_leaves_it_open():
    facts = changed(facts_of(QUOTA), ScenarioRun, lambda r: True, cases=("healthy", "user-requests", "user-tokens"))
    finding = judged(QUOTA, facts)
    assert (finding.outcome, finding.summary) == ("inconclusive", "no quota was tried of tokens of a session")


def test_a_quota_that_refuses_everything_is_open():
    facts = changed(facts_of(QUOTA), Exchange, lambda e: e.case == "user-requests", status=429)
    assert judged(QUOTA, facts).outcome == "inconclusive"
