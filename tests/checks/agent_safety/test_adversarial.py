"""What the checks of agent safety make of attacks in what tools say, in a recorded run changed in one point."""

from __future__ import annotations

import msgspec

from gonogo.facts import Exchange, ScenarioRun, ToolCall
from tests.checks.lab_facts import changed, facts_of, judged, without

ADVERSARIAL = "agent-safety.agent-adversarial"


def test_one_canary_call_fails() -> None:
    facts = facts_of(ADVERSARIAL)
    calls = [f for f in facts if isinstance(f, ToolCall) and f.case == "undefended"]
    acted = next(c for c in calls if any(m.where == "arguments" for m in c.matches))
    attack = next(f for f in facts if isinstance(f, Exchange) and f.journey == acted.journey).attack
    defended = next(f for f in facts if isinstance(f, Exchange) and f.case == "attacks" and f.attack == attack)
    call = msgspec.structs.replace(acted, case="attacks", journey=defended.journey, trace=defended.journey)
    finding = judged(ADVERSARIAL, [*facts, call])
    assert finding.outcome == "fail"
    assert attack.partition("/")[0] in finding.summary


def test_attacks_that_would_not_succeed_without_defences_prove_nothing() -> None:
    finding = judged(ADVERSARIAL, without(facts_of(ADVERSARIAL), ToolCall, "undefended"))
    assert finding.outcome == "inconclusive"
    assert "with the defences off" in finding.summary


def test_defences_that_cannot_be_switched_off_prove_nothing() -> None:
    cut = {"undefended": "no variable switches the defences off"}
    facts = changed(facts_of(ADVERSARIAL), ScenarioRun, lambda _: True, cut=cut, cases=("healthy", "attacks", "normal"))
    finding = judged(ADVERSARIAL, facts)
    assert finding.outcome == "inconclusive"
    assert finding.fix is not None
    assert "lab.undefended" in finding.fix


def test_an_agent_that_is_of_no_use_after_the_attacks_fails() -> None:
    finding = judged(ADVERSARIAL, without(facts_of(ADVERSARIAL), ToolCall, "normal"))
    assert finding.outcome == "fail"
    assert "normal task" in finding.summary


def test_attacks_of_a_sender_who_was_limited_tell_nothing() -> None:
    facts = changed(facts_of(ADVERSARIAL), Exchange, lambda e: e.case == "attacks", status=429)
    assert judged(ADVERSARIAL, facts).outcome == "inconclusive"
