"""A failed journey is told from the user's request to the answer, with the command that plays it again."""

from datetime import UTC, datetime

import pytest

from gonogo.derive.factset import FactSet
from gonogo.derive.timelines import PER_FINDING, SPANS, WHOLE, played, timelines
from gonogo.facts import Evidence, Exchange, Finding, Match, ModelCall, Prediction, Retrieval, ToolCall

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SEEN = {"seen_at": NOW, "scenario": "outage", "case": "errors", "journey": "j1"}
LARGE = {"protocol": "openai_chat", "model": "large", "fingerprint": "f", **SEEN}


def exchange(journey="j1", name="ask", **changed):
    given = {
        **SEEN, "purpose": "journey", "method": "POST", "url": "http://x/ask", "route": "/ask", "journey": journey,
        "name": name, "status": 200, "answer": "lab1 hello", "ended": "complete", "started_s": 100.0,
        "elapsed_ms": 6000.0,
    }  # fmt: skip
    return Exchange(**(given | changed))


def finding(*journeys, outcome="fail", method="lab"):
    shown = tuple(Evidence("POST http://x/ask", None, "no answer", j) for j in journeys)
    return Finding(control="c", method=method, outcome=outcome, severity="major", summary="s", evidence=shown)


def told(*facts):
    (timeline,) = timelines(FactSet(facts), [finding("j1")])
    return timeline


def test_the_request_and_every_call_stand_in_order_of_time_from_when_the_user_asked():
    timeline = told(
        exchange(),
        ModelCall(**LARGE, order=2, started_s=101.0, ended_s=2.0, fault="status", status=503),
        Retrieval(**SEEN, order=1, started_s=100.5, ended_s=0.1, protocol="qdrant", index="handbook"),
        ToolCall(**SEEN, order=3, started_s=104.0, ended_s=0.5, tool="create_ticket"),
        Prediction(**SEEN, order=4, started_s=105.0, ended_s=0.5, protocol="kserve", endpoint="/v1", model="risk"),
    )
    assert [(s.track, s.label, s.start_s, s.end_s) for s in timeline.spans] == [
        ("edge", "POST /ask", 0.0, 6.0),
        ("retrieval", "query handbook", 0.5, 0.6),
        ("model", "large", 1.0, 3.0),
        ("tool", "create_ticket", 4.0, 4.5),
        ("prediction", "risk", 5.0, 5.5),
    ]
    assert (timeline.spans[2].fault, timeline.spans[2].status) == ("status", 503)


def test_attempts_gaps_and_cost_are_told_for_one_action_of_a_user():
    timeline = told(
        exchange(matches=(Match(detector="marker", where="answer", canary="lab1"),)),
        ModelCall(**LARGE, started_s=100.0, ended_s=1.0, fault="status", status=500),
        ModelCall(**LARGE, order=1, started_s=101.5, ended_s=1.0, fault="status", status=500),
        ModelCall(**LARGE | {"model": "small"}, order=2, started_s=104.5, ended_s=1.0, marker="lab1", usd=0.0123),
    )
    assert timeline.told == (
        "3 attempts at one request (large, then small), 0.5, 2.0 s apart",
        "the lab broke 2 of 3 calls",
        "3 model calls, $0.0123, for one action of a user",
    )
    assert [s.reached for s in timeline.spans] == [False, False, False, True]
    assert timeline.ending == "status 200 with the answer of small after 6.0 s, 3 model calls"
    assert timeline.got == "lab1 hello"


def test_a_call_that_outlasts_the_answer_makes_the_timeline_longer_than_the_wait():
    timeline = told(exchange(), ModelCall(**LARGE, started_s=103.0, ended_s=7.0))
    assert (timeline.seconds, timeline.length_s) == (6.0, 10.0)


def test_a_call_that_never_ended_has_no_end():
    assert told(exchange(), ModelCall(**LARGE, started_s=101.0)).spans[1].end_s is None


def test_a_journey_without_calls_says_so():
    assert told(exchange()).told == ("no call of it reached the lab's model, tools or stores",)


def test_the_command_plays_the_case_again_and_is_safe_to_paste():
    assert told(exchange()).replay == "gonogo lab --scenario outage --case errors --journey ask"
    hostile = told(exchange(name="ask; rm -rf ~"))
    assert hostile.replay.endswith("--journey 'ask; rm -rf ~'")


def test_a_request_that_is_no_declared_journey_is_played_again_with_its_case():
    assert told(exchange(purpose="beside", name="health")).replay == "gonogo lab --scenario outage --case errors"


def test_a_drill_is_done_again_as_a_whole():
    (timeline,) = timelines(FactSet([exchange(scenario="rollback")]), [finding("j1", method="drill")])
    assert timeline.replay == "gonogo drill rollback"


@pytest.mark.parametrize("outcome", ["pass", "not-collected"])
def test_only_what_went_wrong_is_shown(outcome):
    assert timelines(FactSet([exchange()]), [finding("j1", outcome=outcome)]) == ()


def test_findings_of_other_methods_name_no_journey_of_the_lab():
    assert timelines(FactSet([exchange()]), [finding("j1", method="probe")]) == ()


def test_what_one_command_plays_again_alike_is_shown_once():
    facts = FactSet([exchange("j1"), exchange("j2"), exchange("j3", name="stream")])
    assert [t.journey for t in timelines(facts, [finding("j1", "j2", "j3")])] == ["j1", "j3"]


def test_journeys_and_spans_are_bounded():
    facts = [exchange(f"j{n}", name=f"n{n}") for n in range(200)]
    assert len(timelines(FactSet(facts), [finding(*(f"j{n}" for n in range(200)))])) == PER_FINDING
    assert len(timelines(FactSet(facts), [finding(f"j{n}") for n in range(200)])) == WHOLE
    calls = [ModelCall(**LARGE, order=n, started_s=100.0 + n / 100, ended_s=0.001) for n in range(100)]
    timeline = told(exchange(), *calls)
    assert (len(timeline.spans), timeline.left_out) == (SPANS, 101 - SPANS)


def test_a_journey_that_is_on_no_record_is_left_out():
    assert timelines(FactSet([exchange("j9")]), [finding("j1")]) == ()


def test_a_narrowed_run_shows_what_it_played_and_nothing_of_other_scenarios():
    facts = FactSet([
        exchange("j1", case="healthy"), exchange("j2"), exchange("j3"), exchange("j4", name="stream"),
        exchange("j5", scenario="observe"),
    ])  # fmt: skip
    assert [t.journey for t in played(facts, ["outage"], "errors", "ask")] == ["j2"]
    assert [t.journey for t in played(facts, ["outage"], None, None)] == ["j1", "j2", "j4"]
