"""What the checks of agent safety make of the audit log, in a recorded run changed in one point."""

from __future__ import annotations

import msgspec
import pytest

from gonogo.facts import AppLog, Fact, Match, Measure, ToolCall
from tests.checks.lab_facts import changed, declared, facts_of, judged, without

AUDIT = "agent-safety.tool-audit"


def audited(case: str, old: str, new: str) -> list[Fact]:
    """The same facts, with a text replaced in the audit records of a case, and as an auditor reads them."""
    return [
        msgspec.structs.replace(f, text=f.text.replace(old, new))
        if isinstance(f, AppLog) and f.stream in ("audit.jsonl", "revealed") and f.case in (case, "revealed")
        else f
        for f in facts_of(AUDIT)
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([f for f in facts_of(AUDIT) if not (isinstance(f, AppLog) and f.case in ("killed", "revealed"))], "no record"),
        (audited("calls", '"query": "opening hours"', '"query": "…"'), "its arguments are not on record"),
        (audited("calls", '"user": "alice"', '"user": null'), "no user"),
        (audited("calls", '"approval": "bob"', '"approval": null'), "no approval"),
        (audited("failed", "upstream timed out", "…"), "its result is not on record"),
        (audited("calls", '"duration_ms"', '"at"'), "its duration"),
        (audited("refused", '"event": "refused", "tool": "send_email"', '"tool": "x"'), "refused: send_email"),
    ],
)
def test_a_call_whose_record_lacks_something_fails(facts: list[Fact], said: str) -> None:
    finding = judged(AUDIT, facts)
    assert finding.outcome == "fail"
    assert any(said in e.detail for e in finding.evidence)


@pytest.mark.parametrize(("case", "value"), [("live", 1.0), ("altered", 0.0)])
def test_a_chain_that_does_not_tell_whole_from_altered_fails(case: str, value: float) -> None:
    assert judged(AUDIT, changed(facts_of(AUDIT), Measure, lambda m: m.case == case, value=value)).outcome == "fail"


def test_a_sensitive_value_in_the_log_fails_and_one_that_nobody_can_read_too() -> None:
    seen = (Match(detector="canary", where="text", canary="sensitive"),)
    plain = changed(facts_of(AUDIT), AppLog, lambda x: x.stream == "audit.jsonl", matches=seen)
    assert "as it is" in judged(AUDIT, plain).summary
    lost = changed(facts_of(AUDIT), AppLog, lambda x: x.stream == "revealed", matches=())
    finding = judged(AUDIT, lost)
    assert finding.outcome == "fail"
    assert "auditor" in finding.summary


@pytest.mark.parametrize(
    "facts",
    [
        declared(facts_of(AUDIT), audit=None), without(facts_of(AUDIT), Measure),
        without(facts_of(AUDIT), ToolCall, "killed"),
    ],
)  # fmt: skip
def test_an_audit_log_that_nobody_declared_or_tried_is_not_proven(facts: list[Fact]) -> None:
    assert judged(AUDIT, facts).outcome == "inconclusive"
