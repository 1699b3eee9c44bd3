"""What the proof on failed tasks says of a queue that lacks, repeats or bares them, and of retries that do nothing."""

import msgspec
import pytest

from gonogo.facts import Exchange, Measure, ModelCall, ScenarioRun
from tests.checks.lab_facts import changed, facts_of, judged, without

LETTERS = "agent-reliability.dead-letter"
FACTS = facts_of(LETTERS)
LETTER = next(f for f in FACTS if isinstance(f, Measure) and f.case == "loop")


def told(old, new):
    return [msgspec.structs.replace(f, text=f.text.replace(old, new)) if f == LETTER else f for f in FACTS]


def trace():
    return next(f.journey for f in FACTS if isinstance(f, Exchange) and f.case == "loop" and f.purpose == "journey")


def test_a_task_that_is_in_the_queue_twice_fails():
    assert judged(LETTERS, [*FACTS, LETTER]).summary == "a failed task is in the queue 2 times"


@pytest.mark.parametrize(
    ("old", "what"),
    [("Find out when", "input"), (trace(), "trace"), ("error", "error")],
    ids=["input", "trace", "error"],
)
def test_an_entry_that_leaves_something_out_fails(old, what):
    facts = told(old, "thing")
    if what == "error":
        facts = [
            msgspec.structs.replace(f, text=f.text.replace("outcome", "what")) if isinstance(f, Measure) else f
            for f in facts
        ]
    finding = judged(LETTERS, facts)
    assert (finding.outcome, finding.summary) == ("fail", f"a failed task is in the queue without its {what}")


def test_a_retry_without_an_answer_of_the_model_fails():
    finding = judged(LETTERS, without(FACTS, ModelCall, "retry limit"))
    assert finding.summary == "a task that failed (limit) is tried again with nothing wrong, and is not done"


def test_a_retry_that_leaves_another_entry_fails():
    again = msgspec.structs.replace(LETTER, case="retry loop")
    assert judged(LETTERS, [*FACTS, again]).summary == "a task that is tried again is in the queue a second time"


def test_an_app_that_keeps_nothing_fails():
    finding = judged(LETTERS, without(FACTS, Measure))
    assert (finding.outcome, finding.summary.split(":")[0]) == ("fail", "6 failed tasks are not in the queue")


def test_a_share_that_is_asked_for_is_enough():
    assert judged(LETTERS, without(FACTS, Measure, "loop"), captured=80).outcome == "pass"


def test_undeclared_nothing_is_shown_and_the_key_is_named():
    cut = {"model": "lab.dead_letters is not declared"}
    finding = judged(LETTERS, changed(FACTS, ScenarioRun, lambda run: True, cases=("healthy",), cut=cut))
    assert finding.outcome == "inconclusive"
    assert "dead_letters" in finding.fix
