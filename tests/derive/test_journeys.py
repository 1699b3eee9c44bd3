"""A journey joins what the user got with the calls that it caused; an answer counts where it came from a model."""

from datetime import UTC, datetime

import pytest

from gonogo.derive.factset import FactSet
from gonogo.derive.journeys import Journey, gaps
from gonogo.facts import Exchange, Match, ModelCall

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def exchange(body="", journey="j1", **changed):
    marks = tuple(Match(detector="marker", where="answer", canary=w) for w in body.split() if w.startswith("lab"))
    given = {
        "seen_at": NOW, "purpose": "journey", "method": "POST", "url": "http://x/ask", "scenario": "s",
        "case": "outage", "journey": journey,
        "name": "ask", "status": 200, "body": body, "answer": body, "ended": "complete",
        "matches": marks,
    }  # fmt: skip
    return Exchange(**(given | changed))


def call(order=0, marker="", journey="j1", **changed):
    given = {
        "seen_at": NOW, "protocol": "openai_chat", "journey": journey, "order": order, "started_s": float(order),
        "ended_s": 0.5, "model": "large", "fingerprint": "f", "marker": marker, "scenario": "s",
    }  # fmt: skip
    return ModelCall(**(given | changed))


def only(*facts):
    return next(j for j in Journey.derive(FactSet(facts)) if j.exchange.journey == "j1")


def test_calls_are_joined_by_journey_and_stand_in_order_of_time():
    journey = only(exchange(), call(2), call(0), call(1, journey="other"))
    assert [c.order for c in journey.calls] == [0, 2]


def test_an_answer_counts_by_the_marker_of_the_model_and_not_by_status():
    assert only(exchange("lab00000001 hello"), call(marker="lab00000001")).answered
    healthy = exchange("lab00000009 well", journey="j0", case="healthy")
    assert not only(healthy, exchange("all is well"), call(fault="status")).answered


def test_an_error_status_is_no_answer_even_where_it_repeats_the_model():
    assert not only(exchange("lab00000001", status=500), call(marker="lab00000001")).answered


def test_where_healthy_answers_show_no_marker_a_whole_answer_of_like_length_counts():
    healthy = exchange("a summary of twenty words", journey="j0", case="healthy")
    assert only(healthy, exchange("another summary of words")).answered
    assert not only(healthy, exchange("")).answered


def test_an_app_that_asks_another_model_after_a_failure_has_fallen_back():
    journey = only(exchange("lab00000002 hello"), call(0, fault="status"), call(1, marker="lab00000002", model="small"))
    assert journey.fell_back
    assert journey.answered_by.model == "small"


def test_a_retry_of_the_same_model_is_no_fallback():
    assert not only(exchange("lab00000002"), call(0, fault="status"), call(1, marker="lab00000002")).fell_back


def test_a_whole_answer_with_nothing_of_any_model_masks_the_outage():
    assert only(exchange("As an expert I can say yes."), call(fault="reset")).masked
    assert not only(exchange("away", status=503), call(fault="reset")).masked


def test_attempts_are_grouped_by_what_they_ask():
    journey = only(exchange(), call(0), call(1), call(2, fingerprint="g"))
    assert [len(group) for group in journey.attempts] == [2, 1]


def test_gaps_run_from_the_end_of_one_call_to_the_beginning_of_the_next():
    assert gaps([call(0), call(2), call(3)]) == pytest.approx([1.5, 0.5])


def test_exchanges_of_a_probe_are_no_journeys():
    assert Journey.derive(FactSet([exchange(journey="")])) == []
