"""What the proof on runs at once says of runs that leak, are lost, go on too long or never were at once."""

import msgspec
import pytest

from gonogo import catalog
from gonogo.checks.judge import judge
from gonogo.derive.factset import FactSet
from gonogo.facts import AgentRun, LoadRun, decode
from gonogo.plugins import checks
from tests.cases import record
from tests.checks.lab_facts import changed

RUNS = "agent-reliability.agent-concurrency"
FACTS = [decode(line) for line in record.path_of(RUNS, "load", "pass").read_bytes().splitlines()]


def judged(facts, **thresholds):
    return judge(FactSet(list(facts)), catalog.load(), [RUNS], checks(), {RUNS: thresholds})[0]


def with_run(name, **fields):
    return judged(changed(FACTS, AgentRun, lambda r: r.name == name, **fields))


def test_a_canary_in_another_run_fails():
    finding = with_run("together 7", foreign=("together 9 in a call of the model",))
    assert finding.summary == "in 1 run of 52 something of another run shows up"
    assert finding.evidence[0].detail == "together 7: the canary of together 9 in a call of the model"


def test_a_run_without_an_answer_among_others_fails():
    assert with_run("together 7", answered=False).summary.startswith("1 run does not end with an answer among 50")


@pytest.mark.parametrize(("name", "calls"), [("together 7", 1), ("together 7", 3), ("together 2", 13)])
def test_a_run_that_makes_other_calls_than_alone_fails(name, calls):
    finding = with_run(name, tool_calls=calls)
    assert (finding.outcome, finding.summary.split(",")[0]) == (
        "fail",
        f"among others a run makes {calls} calls of tools",
    )


def test_an_endless_run_that_ends_early_shows_nothing_as_its_time_may_be_over():
    assert with_run("together 2", tool_calls=9).outcome == "inconclusive"


def test_runs_that_do_not_work_alone_show_nothing():
    assert with_run("alone 1", answered=False).outcome == "inconclusive"
    finding = judged(changed(FACTS, AgentRun, lambda r: True, tool_calls=0))
    assert (finding.outcome, "lab.point" in finding.fix) == ("inconclusive", True)


def test_fewer_at_once_than_are_asked_for_show_nothing():
    assert judged(FACTS, concurrent=100).outcome == "inconclusive"
    few = [msgspec.structs.replace(f, concurrent=20) if isinstance(f, LoadRun) else f for f in FACTS]
    assert judged(few).summary == "20 runs were under way at once, and 50 are asked for"
