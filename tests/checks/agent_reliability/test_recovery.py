"""What the proof on checkpoints says of tasks that do not end, act twice, skip steps or begin anew."""

import msgspec
import pytest

from gonogo.facts import Exchange, ModelCall, ScenarioRun, ToolCall
from tests.checks.lab_facts import changed, facts_of, judged

RECOVERY = "agent-reliability.checkpoint-recovery"
FACTS = facts_of(RECOVERY)
FINISHED = [f for f in FACTS if isinstance(f, ToolCall) and f.case == "model 4"]


def turns_of(case):
    return [f for f in FACTS if isinstance(f, ModelCall) and f.case == case and not f.fault]


def test_a_task_without_an_answer_in_the_end_fails():
    facts = changed(FACTS, Exchange, lambda e: e.case == "tool 2", status=500, answer="", matches=())
    assert judged(RECOVERY, facts).summary == "1 of 7 tasks did not end after the process was killed"


def test_a_step_that_acts_again_without_its_key_fails():
    again = msgspec.structs.replace(FINISHED[0], idempotency_key="another")
    assert judged(RECOVERY, [*FACTS, again]).summary == "after a restart 1 effect came twice"


def test_a_task_that_ends_without_one_of_its_steps_fails():
    finding = judged(RECOVERY, [f for f in FACTS if f is not FINISHED[1]])
    assert finding.summary == "1 of 7 tasks ended without all of its steps"


@pytest.mark.parametrize(("steps", "outcome"), [(1, "pass"), (2, "fail")])
def test_one_finished_step_may_be_done_again_and_no_more(steps, outcome):
    turns = turns_of("model 4")[:steps]
    assert judged(RECOVERY, [*FACTS, *FINISHED[:steps], *turns]).outcome == outcome


def test_a_task_that_never_gets_to_a_step_shows_nothing():
    finding = judged(RECOVERY, changed(FACTS, ToolCall, lambda t: t.case == "tool 3", fault=None))
    assert (finding.outcome, finding.summary) == ("inconclusive", "tool 3: the task did not get there")


def test_a_task_that_is_not_done_with_nothing_wrong_shows_nothing():
    facts = [f for f in FACTS if not (isinstance(f, ToolCall) and f.case == "whole")]
    assert judged(RECOVERY, facts).outcome == "inconclusive"


def test_undeclared_nothing_is_shown_and_the_key_is_named():
    cut = {"whole": "lab.recovery is not declared"}
    finding = judged(RECOVERY, changed(FACTS, ScenarioRun, lambda run: True, cases=("healthy",), cut=cut))
    assert finding.outcome == "inconclusive"
    assert "recovery" in finding.fix
