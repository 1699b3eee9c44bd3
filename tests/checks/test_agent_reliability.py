"""What the checks of agent reliability make of a recorded run, changed in one point."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from gonogo.facts import AppLog, Exchange, Fact, ModelCall, ToolCall
from tests.checks.lab_facts import changed, facts_of, judged, without

PARTIAL = "agent-reliability.partial-results"
TOKENS = "agent-reliability.turn-token-usage"
DECISIONS = "agent-reliability.decision-traces"
STUCK = "agent-reliability.stuck-detection"


def lines(facts: list[Fact], old: str, new: str) -> list[Fact]:
    """The same facts, with other words in the app's own records."""
    return [msgspec.structs.replace(f, text=f.text.replace(old, new)) if isinstance(f, AppLog) else f for f in facts]


def test_one_finished_part_of_many_that_is_lost_fails() -> None:
    facts = facts_of(PARTIAL)
    part = next(f for f in facts if isinstance(f, ToolCall) and f.case == "cap")
    answers = [f for f in facts if isinstance(f, Exchange) and f.case == "cap"]
    assert part.result in answers[0].answer
    for answer in answers:
        facts = changed(facts, Exchange, lambda e: e.case == "cap", answer=answer.answer.replace(part.result, ""))
    finding = judged(PARTIAL, facts)
    assert finding.outcome == "fail"
    assert "came back" in finding.evidence[0].detail


def test_parts_that_came_back_as_if_they_were_the_whole_fail() -> None:
    facts = facts_of(PARTIAL)
    parts = "; ".join(f.result for f in facts if isinstance(f, ToolCall) and f.case == "timeout" and not f.fault)
    finding = judged(PARTIAL, changed(facts, Exchange, lambda e: e.case == "timeout", answer=parts, body=parts))
    assert finding.outcome == "fail"
    assert "not the whole" in finding.summary


def test_a_task_that_was_cut_before_any_part_was_finished_proves_nothing() -> None:
    finding = judged(PARTIAL, changed(facts_of(PARTIAL), ToolCall, lambda t: t.case == "cap", failed=True))
    assert finding.outcome == "inconclusive"


@pytest.mark.parametrize("field", ["usd", "user", "feature"])
def test_a_record_of_a_turn_that_leaves_something_out_fails(field: str) -> None:
    finding = judged(TOKENS, lines(facts_of(TOKENS), f'"{field}"', '"other"'))
    assert finding.outcome == "fail"


def test_a_turn_on_record_under_another_feature_fails() -> None:
    finding = judged(TOKENS, lines(facts_of(TOKENS), '"feature": "tasks"', '"feature": "search"'))
    assert finding.outcome == "fail"
    assert "another feature" in finding.summary


@pytest.mark.parametrize(("percent", "outcome"), [(0.5, "pass"), (3, "fail")])
def test_counts_may_differ_by_the_error_that_is_allowed(percent: float, outcome: str) -> None:
    facts = facts_of(TOKENS)
    grown = [
        msgspec.structs.replace(f, input_tokens=round(f.input_tokens * 1000 * (1 + percent / 100)))
        if isinstance(f, ModelCall)
        else f
        for f in facts
    ]
    for call in (f for f in facts if isinstance(f, ModelCall)):
        grown = lines(grown, f'"input_tokens": {call.input_tokens},', f'"input_tokens": {call.input_tokens}000,')
    assert judged(TOKENS, grown).outcome == outcome


def test_a_turn_on_record_twice_fails() -> None:
    facts = facts_of(TOKENS)
    twice = next(f for f in facts if isinstance(f, AppLog) and f.case == "four-turns" and "input_tokens" in f.text)
    assert judged(TOKENS, [*facts, twice]).outcome == "fail"


@pytest.mark.parametrize("control", [TOKENS, DECISIONS])
def test_an_app_without_any_record_fails(control: str) -> None:
    assert judged(control, without(facts_of(control), AppLog)).outcome == "fail"


def test_turns_on_record_out_of_order_fail() -> None:
    facts = facts_of(DECISIONS)
    logs = [f for f in facts if isinstance(f, AppLog)]
    assert judged(DECISIONS, [*(f for f in facts if not isinstance(f, AppLog)), *reversed(logs)]).outcome == "fail"


def test_a_chosen_tool_without_its_arguments_fails() -> None:
    facts = facts_of(DECISIONS)
    assert any("march" in f.text.lower() for f in facts if isinstance(f, AppLog))
    finding = judged(DECISIONS, lines(facts, "arch", "..."))
    assert finding.outcome == "fail"
    assert "no tool" in finding.evidence[0].detail


def test_a_trace_whose_turns_and_tools_stand_in_lines_of_their_own_passes() -> None:
    facts: list[Fact] = []
    for fact in facts_of(DECISIONS):
        record = json.loads(fact.text) if isinstance(fact, AppLog) and fact.text.startswith("{") else {}
        if isinstance(fact, AppLog) and record.get("tools"):
            tools = {"trace": record["trace"], "tools": record.pop("tools"), "rests_on": record.pop("rests_on")}
            facts += [msgspec.structs.replace(fact, text=json.dumps(each)) for each in (record, tools)]
        else:
            facts.append(fact)
    assert judged(DECISIONS, facts).outcome == "pass"


def test_a_run_that_ends_in_time_without_being_called_stuck_fails() -> None:
    facts = changed(facts_of(STUCK), Exchange, lambda e: e.case == "stuck", body="I stopped.", answer="I stopped.")
    finding = judged(STUCK, facts)
    assert finding.outcome == "fail"
    assert "not as stuck" in finding.summary


def test_a_run_that_the_log_calls_stuck_passes() -> None:
    facts = changed(facts_of(STUCK), Exchange, lambda e: e.case == "stuck", body="I stopped.", answer="I stopped.")
    line = next(f for f in facts if isinstance(f, AppLog))
    assert judged(STUCK, [*facts, msgspec.structs.replace(line, case="stuck", text="no progress")]).outcome == "pass"


def test_a_run_of_calls_that_bring_something_new_must_not_be_stopped() -> None:
    facts = facts_of(STUCK)
    last = [f for f in facts if isinstance(f, ToolCall) and f.case == "moving"][-1]
    finding = judged(STUCK, [f for f in facts if f is not last])
    assert finding.outcome == "fail"
    assert "made progress" in finding.summary


def test_results_that_differ_are_no_lack_of_progress() -> None:
    facts = facts_of(STUCK)
    last = [f for f in facts if isinstance(f, ToolCall) and f.case == "stuck"][-1]
    facts = [msgspec.structs.replace(f, result="news") if f is last else f for f in facts]
    assert judged(STUCK, facts).outcome == "inconclusive"


def test_one_step_more_than_the_limit_fails() -> None:
    assert judged(STUCK, facts_of(STUCK), no_progress_steps=4).outcome == "fail"


RETRIES = "agent-reliability.tool-retries"


def again(facts: list[Fact], case: str, **fields: Any) -> list[Fact]:
    """The same facts, and the last call of a case once more."""
    call = [f for f in facts if isinstance(f, ToolCall) and f.case == case][-1]
    return [*facts, msgspec.structs.replace(call, started_s=call.started_s + 5, order=call.order + 1000, **fields)]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (changed(facts_of(RETRIES), ToolCall, lambda c: c.case == "once", fault="status"), "fails once"),
        (changed(facts_of(RETRIES), ToolCall, lambda c: c.case == "twice", fault="status"), "fails twice"),
        (again(again(facts_of(RETRIES), "for-good"), "for-good"), "called 5 times"),
        (again(facts_of(RETRIES), "permanent"), "is tried 2 times"),
        (again(facts_of(RETRIES), "effects", idempotency_key=None), "without the key"),
        (again(facts_of(RETRIES), "effects", idempotency_key="another"), "without the key"),
    ],
)
def test_a_retry_that_is_missing_or_one_too_many_fails(facts: list[Fact], said: str) -> None:
    finding = judged(RETRIES, facts)
    assert finding.outcome == "fail"
    assert said in finding.summary


def test_gaps_that_do_not_grow_fail() -> None:
    calls = sorted(
        (f for f in facts_of(RETRIES) if isinstance(f, ToolCall) and f.case == "for-good"), key=lambda c: c.order
    )
    at = {c.order: n for n, c in enumerate(calls)}
    facts = [
        msgspec.structs.replace(f, started_s=100 + at[f.order]) if isinstance(f, ToolCall) and f.order in at else f
        for f in facts_of(RETRIES)
    ]
    assert "do not grow" in judged(RETRIES, facts).summary


def test_a_tool_that_was_never_called_shows_no_retry() -> None:
    assert judged(RETRIES, without(facts_of(RETRIES), ToolCall, "permanent")).outcome == "inconclusive"


BREAKDOWN = "agent-reliability.trace-breakdown"


def test_a_call_without_the_trace_of_its_request_fails() -> None:
    facts = changed(facts_of(BREAKDOWN), ToolCall, lambda c: c.case == "slow-tool", trace=None)
    finding = judged(BREAKDOWN, facts)
    assert finding.outcome == "fail"
    assert "ToolCall" in finding.evidence[0].detail


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"tools_ms"', '"others"', "what it spent with tools"),
        ('"model_ms"', '"others"', "what it spent with model"),
        ('"model_ms": 3', '"model_ms": 2', "its record says 2"),
    ],
)
def test_a_split_that_is_missing_or_wrong_fails(old: str, new: str, said: str) -> None:
    finding = judged(BREAKDOWN, lines(facts_of(BREAKDOWN), old, new))
    assert finding.outcome == "fail"
    assert said in finding.summary


def test_a_task_without_a_tool_has_no_split() -> None:
    assert judged(BREAKDOWN, without(facts_of(BREAKDOWN), ToolCall, "slow-tool")).outcome == "inconclusive"
