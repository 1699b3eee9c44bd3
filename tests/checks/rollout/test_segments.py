"""What the proof of segments says where nobody is outside, somebody gets no answer, or the wrong version answers."""

import dataclasses

from gonogo.facts import Declaration, Exchange, ModelCall
from tests.checks.lab_facts import changed, declared_system, facts_of, judged

SEGMENT, NEW = "rollout.segment-flags", "gpt-4.1-2025-04-14"


def inside(*names):
    facts = facts_of(SEGMENT)
    deployment = next(f.system.deployment for f in facts if isinstance(f, Declaration))
    segment = dataclasses.replace(deployment.segment, identities=names)
    return declared_system(facts, deployment=dataclasses.replace(deployment, segment=segment))


def test_a_segment_of_nobody_and_one_of_all_prove_nothing():
    for names in ((), ("alice", "bob", "admin")):
        assert judged(SEGMENT, inside(*names)).outcome == "inconclusive"


def test_a_user_inside_whom_the_old_version_answers_fails():
    assert judged(SEGMENT, inside("bob", "alice")).summary == "8 of 24 requests were given the wrong version"


def test_one_request_from_outside_that_reaches_the_new_version_fails():
    facts = facts_of(SEGMENT)
    one = next(f for f in facts if isinstance(f, Exchange) and f.case == "segment" and f.identity == "alice")
    facts = changed(facts, ModelCall, lambda c: c.journey == one.journey, model=NEW)
    assert judged(SEGMENT, facts).summary == "1 of 24 requests was given the wrong version"


def test_a_version_that_is_always_on_cannot_be_told_apart():
    facts = changed(facts_of(SEGMENT), ModelCall, lambda c: c.case == "healthy", model=NEW)
    assert judged(SEGMENT, facts).outcome == "inconclusive"


def test_a_request_without_an_answer_proves_nothing():
    facts = changed(facts_of(SEGMENT), Exchange, lambda e: e.case == "segment" and e.identity == "bob", status=503)
    finding = judged(SEGMENT, facts)
    assert (finding.outcome, finding.summary) == ("inconclusive", "8 of 24 requests got no answer")
