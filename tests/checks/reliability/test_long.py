"""What the proof on long requests says where one is cut, lost after 202, or holds up others."""

import msgspec

from gonogo.facts import Exchange, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged, without

LONG = "reliability.long-requests"


def long(exchange):
    return exchange.case == "long" and exchange.purpose == "journey"


def poll(exchange):
    return exchange.purpose == "poll"


def answered_at_once():
    facts = facts_of(LONG)
    last = [f for f in facts if isinstance(f, Exchange) and poll(f)][-1]
    facts = [f for f in facts if not (isinstance(f, Exchange) and poll(f))]
    return changed(facts, Exchange, long, status=200, matches=last.matches, answer=last.answer)


def test_an_answer_in_the_response_itself_passes():
    assert judged(LONG, answered_at_once()).outcome == "pass"


def test_a_request_that_is_cut_fails():
    facts = changed(answered_at_once(), Exchange, long, status=None, ended="cut", error="closed", elapsed_ms=5000)
    assert judged(LONG, facts).summary == "long ask was cut after 5.0 s"


def test_a_202_without_a_place_to_look_at_fails():
    assert "has no Location" in judged(LONG, changed(facts_of(LONG), Exchange, long, headers={})).summary


def test_a_job_that_ends_in_an_answer_of_another_call_fails():
    facts = changed(facts_of(LONG), Exchange, poll, matches=())
    assert judged(LONG, facts).summary == "long ask was handed off and never answered"


def test_others_who_wait_fail():
    facts = changed(facts_of(LONG), Exchange, lambda e: e.purpose == "beside", elapsed_ms=7000)
    assert judged(LONG, facts).summary.endswith("held up by a long one")


def test_without_others_it_is_open():
    facts = [f for f in facts_of(LONG) if not (isinstance(f, Exchange) and f.purpose == "beside")]
    assert judged(LONG, facts).outcome == "inconclusive"


def test_a_call_that_was_not_slow_leaves_it_open():
    facts = [msgspec.structs.replace(f, fault=None) if isinstance(f, ModelCall) else f for f in facts_of(LONG)]
    assert judged(LONG, facts).summary == "long ask made no slow model call"
    assert judged(LONG, without(facts_of(LONG), ModelCall, "long")).outcome == "inconclusive"
