"""What the proof on lost streams says where a client gets too little, something else, or a second generation."""

import msgspec
import pytest

from gonogo.facts import Exchange, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged

RECONNECT = "reliability.stream-reconnect"


def back(case):
    return lambda e: e.case == case and e.said == "coming back"


def made(case):
    return next(f.answer for f in facts_of(RECONNECT) if isinstance(f, ModelCall) and f.case == case)


@pytest.mark.parametrize("case", ["half-way", "at-its-end"])
def test_the_whole_answer_again_passes(case):
    assert judged(RECONNECT, changed(facts_of(RECONNECT), Exchange, back(case), answer=made(case))).outcome == "pass"


@pytest.mark.parametrize(("case", "when"), [("half-way", "half-way"), ("at-its-end", "before its end")])
def test_less_than_the_rest_fails(case, when):
    facts = changed(facts_of(RECONNECT), Exchange, back(case), answer="one two three")
    assert judged(RECONNECT, facts).summary == f"a client that lost its stream {when} does not get what it lacks"


def test_a_refusal_fails():
    facts = changed(facts_of(RECONNECT), Exchange, back("half-way"), status=404)
    assert judged(RECONNECT, facts).outcome == "fail"


def test_a_second_generation_before_the_end_fails():
    facts = facts_of(RECONNECT)
    journey = next(f.journey for f in facts if isinstance(f, Exchange) and back("at-its-end")(f))
    call = next(f for f in facts if isinstance(f, ModelCall) and f.case == "at-its-end")
    more = msgspec.structs.replace(call, journey=journey, order=call.order + 1000)
    summary = judged(RECONNECT, [*facts, more]).summary
    assert summary == "a client that lost its stream before its end causes a second generation"


def test_a_stream_that_was_over_before_the_client_left_leaves_it_open():
    lost = lambda e: e.case == "half-way" and e.ended == "left"  # noqa: E731
    facts = changed(facts_of(RECONNECT), Exchange, lost, ended="complete")
    assert judged(RECONNECT, facts).outcome == "inconclusive"
