"""What proofs with one simple claim each say where the claim could not be tried, or breaks in another way."""

import msgspec

from gonogo.facts import AppLog, AppStart, Exchange, Measure, ModelCall
from tests.checks.lab_facts import changed, facts_of, judged, without

VALID, STARTUP, ASYNC, EDGES = (
    "infrastructure.config-valid", "performance.startup-time", "performance.async-calls", "quality.edge-cases",
)  # fmt: skip
PER_REQUEST, COUNTED = "cost.per-request-budget", "cost.tokens-counted-before-call"


def test_without_a_declared_setting_nobody_looked():
    facts = changed(facts_of(VALID), AppStart, lambda s: True, without="")
    assert judged(VALID, facts).outcome == "not-collected"


def test_a_service_that_stops_without_a_word_fails():
    facts = changed(facts_of(VALID), AppStart, lambda s: s.without == "ALICE", said="KeyError")
    assert judged(VALID, facts).summary == "the service does not say that ALICE is missing"


def test_one_cold_start_is_too_few():
    facts = [f for f in facts_of(STARTUP) if not (isinstance(f, Measure) and "start 1" not in f.subject)]
    assert judged(STARTUP, facts).outcome == "inconclusive"


def test_a_start_after_which_nobody_is_answered_fails():
    facts = changed(facts_of(STARTUP), Exchange, lambda e: e.case == "cold", status=500, matches=())
    assert judged(STARTUP, facts).summary == "the first request after a start gets no answer"


def test_a_health_route_that_waits_with_the_others_fails():
    facts = changed(facts_of(ASYNC), Exchange, lambda e: e.name == "health", elapsed_ms=900.0)
    assert judged(ASYNC, facts).summary == "the health route takes 900 ms while calls wait for the model"


def test_where_not_all_are_answered_nothing_can_be_told_of_waiting():
    facts = changed(
        facts_of(ASYNC), Exchange, lambda e: e.case == "together" and e.name == "ask", status=503, matches=()
    )
    assert judged(ASYNC, facts).outcome == "inconclusive"


def test_an_odd_input_that_breaks_the_server_fails():
    first = next(f for f in facts_of(EDGES) if isinstance(f, Exchange) and f.case == "edges")
    facts = changed(facts_of(EDGES), Exchange, lambda e: e.journey == first.journey, status=500)
    assert judged(EDGES, facts).summary == "1 of 24 odd inputs met no defined answer"


def test_an_empty_answer_is_no_defined_one():
    facts = changed(facts_of(EDGES), Exchange, lambda e: e.case == "edges" and e.status == 200, answer=" ")
    assert judged(EDGES, facts).outcome == "fail"


def test_a_call_that_can_cost_too_much_fails():
    facts = changed(facts_of(PER_REQUEST), ModelCall, lambda c: True, request_bytes=1_200_000)
    assert "can cost more than $0.5" in judged(PER_REQUEST, facts).summary


def test_a_call_without_a_limit_of_its_output_has_no_highest_price():
    facts = changed(facts_of(PER_REQUEST), ModelCall, lambda c: True, max_output_tokens=None)
    assert judged(PER_REQUEST, facts).outcome == "inconclusive"


def test_a_huge_text_that_reaches_the_model_fails():
    facts = facts_of(COUNTED)
    huge = next(f for f in facts if isinstance(f, Exchange) and f.case == "hundredfold")
    call = next(f for f in facts if isinstance(f, ModelCall))
    late = msgspec.structs.replace(call, journey=huge.journey, case="hundredfold", request_bytes=1_000_000)
    assert judged(COUNTED, [*facts, late]).summary == "1 text far too long went to the model as they came"


def test_without_a_record_of_calls_nothing_is_proven():
    assert judged(COUNTED, without(facts_of(COUNTED), AppLog)).outcome == "inconclusive"


FORMAT, HEALTH, USAGE = "reliability.error-format", "infrastructure.health-endpoints", "access.client-usage-tracked"


def errors(case, **fields):
    return changed(facts_of(FORMAT), Exchange, lambda e: e.case == case, **fields)


def test_an_error_with_a_traceback_fails():
    facts = errors("bad-json", body='{"error": {"message": "Traceback (most recent call last): ..."}}')
    assert judged(FORMAT, facts).summary == "an error shows the insides of the service"


def test_an_error_with_a_wrong_status_fails():
    assert judged(FORMAT, errors("missing-field", status=500)).summary == "1 of 7 errors has a wrong status"


def test_an_error_that_is_no_json_fails():
    assert judged(FORMAT, errors("unknown-path", body="not found")).summary == "an error is no JSON"


def health(name, case, **fields):
    return changed(facts_of(HEALTH), Exchange, lambda e: e.name == name and e.case == case, **fields)


def test_liveness_that_turns_red_with_the_model_fails():
    assert judged(HEALTH, health("live", "away", status=503)).summary == "liveness turns red though the service lives"


def test_readiness_that_stays_red_fails():
    facts = health("ready", "back", status=503)
    assert judged(HEALTH, facts).summary == "readiness stays red after the model came back"


def test_a_health_route_that_is_slow_or_asks_the_model_fails():
    assert (
        judged(HEALTH, health("live", "away", elapsed_ms=900.0)).summary
        == "a health route takes 900 ms at its quickest"
    )
    facts = facts_of(HEALTH)
    asked = next(f for f in facts if isinstance(f, Exchange) and f.name == "ready")
    call = msgspec.structs.replace(next(f for f in facts if isinstance(f, ModelCall)), journey=asked.journey)
    assert judged(HEALTH, [*facts, call]).summary == "a health route calls the model"


def test_a_health_route_that_is_slow_once_is_not_slow():
    facts = facts_of(HEALTH)
    first = next(f for f in facts if isinstance(f, Exchange) and f.name == "live" and f.case == "back")
    slow = msgspec.structs.replace(first, elapsed_ms=900.0)
    assert judged(HEALTH, [slow if f is first else f for f in facts]).outcome == "pass"


def test_access_records_without_a_volume_fail():
    facts = [
        msgspec.structs.replace(f, text=f.text.replace('"bytes"', '"b"')) if isinstance(f, AppLog) else f
        for f in facts_of(USAGE)
    ]
    assert judged(USAGE, facts).summary == "access records lack the volume"


TOTAL = "agent-reliability.total-timeout"


def endless(**fields):
    return changed(facts_of(TOTAL), Exchange, lambda e: e.case == "endless", **fields)


def test_a_task_that_something_else_ended_proves_no_limit_of_time():
    assert judged(TOTAL, endless()).outcome == "inconclusive", "15 of 300 s"


def test_a_task_that_ends_without_a_word_about_it_fails():
    finding = judged(TOTAL, endless(answer="The office is open from nine to five."), total_s=18)
    assert finding.summary == "at the limit users get nothing that says it is unfinished"


def test_a_call_after_the_end_fails():
    facts = facts_of(TOTAL)
    task = next(f for f in facts if isinstance(f, Exchange) and f.case == "endless")
    call = next(f for f in facts if isinstance(f, ModelCall) and f.journey == task.journey)
    late = msgspec.structs.replace(call, started_s=task.started_s + task.elapsed_ms / 1000 + 1)
    assert judged(TOTAL, [*facts, late], total_s=18).summary == "1 calls came after the task had ended"


STRUCTURED = "security-output.structured-output-valid"


def test_an_app_that_asks_for_no_schema_has_no_structured_output():
    facts = changed(facts_of(STRUCTURED), ModelCall, lambda c: True, structured=False)
    assert judged(STRUCTURED, facts).outcome == "not-applicable"


def test_wrong_output_that_ends_in_an_unhandled_error_fails():
    facts = changed(facts_of(STRUCTURED), Exchange, lambda e: e.case == "markup", status=500)
    assert judged(STRUCTURED, facts).summary == "1 of 5 wrong outputs ended in an unhandled error"


def test_wrong_output_that_is_asked_for_again_and_again_fails():
    finding = judged(STRUCTURED, facts_of(STRUCTURED), repair_attempts=1)
    assert finding.summary == "wrong output is asked for again 2 times"
