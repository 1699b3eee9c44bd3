"""What the check on limits makes of runs that take too much, in a recorded run changed in one point."""

from __future__ import annotations

import msgspec
import pytest

from gonogo.facts import AppLog, Exchange, Fact, LabFile, Measure, ModelCall, ScenarioRun
from gonogo.facts.declaration import RunLimits
from tests.checks.lab_facts import changed, declared_each, facts_of, judged, without

LIMITS = "agent-safety.resource-limits"
FACTS = facts_of(LIMITS)


def measured(case: str, value: float) -> list[Fact]:
    return changed(FACTS, Measure, lambda m: m.case == case, value=value)


def saying(text: str) -> list[Fact]:
    """The run without its log, in which the tool says something else of a program that filled the disk."""
    quiet = without(FACTS, AppLog)
    return [replaced(f, text) if isinstance(f, ModelCall) and f.case == "disk" else f for f in quiet]


def replaced(call: ModelCall, text: str) -> ModelCall:
    turns = tuple(msgspec.structs.replace(t, text=text) if t.role == "tool" else t for t in call.prompt)
    return msgspec.structs.replace(call, prompt=turns)


RUN = next(f for f in FACTS if isinstance(f, ScenarioRun))
LEFT = LabFile(seen_at=RUN.seen_at, run=RUN.run, scenario=RUN.scenario, case="disk", path="x", change="left")


@pytest.mark.parametrize(
    "facts",
    [
        measured("memory", 128 * 1.25 + 33),
        measured("cpu", 2 * 1.25 + 1.1),
        measured("disk", 16 * 1.25 + 1.1),
        saying("error: the program ended with 1"),
        changed(FACTS, ModelCall, lambda c: c.case == "cpu", matches=()),
        changed(FACTS, Exchange, lambda e: e.case == "memory" and "light" in e.said, status=503),
        changed(FACTS, ScenarioRun, lambda _: True, deaths=("the app died in the case memory",)),
        [*FACTS, LEFT],
    ],
    ids=["memory", "cpu", "disk", "no category", "no result beside", "no answer beside", "death", "left"],
)  # fmt: skip
def test_a_run_that_takes_too_much_or_harms_others_fails(facts: list[Fact]) -> None:
    assert judged(LIMITS, facts).outcome == "fail"


@pytest.mark.parametrize("threshold", ["memory_mib", "cpu_s", "disk_mib"])
def test_declared_limits_above_those_of_the_catalogue_fail(threshold: str) -> None:
    assert judged(LIMITS, FACTS, **{threshold: 1}).outcome == "fail"


@pytest.mark.parametrize(
    "facts",
    [
        declared_each(FACTS, "tools", limits=None),
        declared_each(FACTS, "tools", runs=None),
        changed(FACTS, ModelCall, lambda c: c.case == "disk", tool_uses=()),
        without(FACTS, Measure),
    ],
    ids=["no limits", "no such tool", "never called", "not measured"],
)
def test_a_run_whose_limits_were_not_seen_is_not_proven(facts: list[Fact]) -> None:
    assert judged(LIMITS, facts).outcome == "inconclusive"


def test_the_log_may_name_the_limit_instead() -> None:
    heavy = next(f for f in FACTS if isinstance(f, Exchange) and f.case == "disk" and "heavy" in f.said)
    line = AppLog(
        seen_at=heavy.seen_at, run=heavy.run, scenario=heavy.scenario, case="disk", stream="stdout",
        text=f"trace {heavy.journey}: disk quota exceeded",
    )  # fmt: skip
    assert judged(LIMITS, [*saying("error"), line]).outcome == "pass"


def test_more_room_in_the_declaration_counts() -> None:
    roomy = declared_each(measured("memory", 300), "tools", limits=RunLimits(memory_mib=256, cpu_s=2, disk_mib=16))
    assert judged(LIMITS, roomy).outcome == "pass"
