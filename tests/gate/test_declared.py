from __future__ import annotations

import pytest

from gonogo.facts.declaration import NotApplicable
from gonogo.gate.combine import combine
from gonogo.gate.declared import apply, reasons, refused
from gonogo.gate.freshness import Aged
from tests.gate import build

WHY = "the service has no browser clients"


def result(control, outcome="fail"):
    return combine(control, [Aged(finding=build.finding(control.id, outcome, fix="edit"), outcome=outcome)])


def test_the_law_declares_with_a_reason_and_the_findings_stay_beside_it():
    control = build.control()
    before = result(control)
    after, note = apply(control, before, WHY)
    assert note is None
    assert (after.outcome, after.declared, after.summary) == ("not-applicable", WHY, f"declared not applicable: {WHY}")
    assert (after.stale, after.expires, after.close) == (None, None, None)
    assert after.findings == before.findings


def test_what_is_not_declared_stays_as_it_is():
    before = result(build.control())
    assert apply(build.control(), before, None) == (before, None)


def test_what_is_shown_not_to_apply_needs_no_declaration_and_refuses_none():
    control = build.control("access.example")
    before = result(control, "not-applicable")
    assert apply(control, before, WHY) == (before, None)


@pytest.mark.parametrize(
    ("control", "reason", "because"),
    [
        (build.control("access.example"), WHY, "the safeguard is non-negotiable"),
        (build.control(non_negotiable=True), WHY, "the safeguard is non-negotiable"),
        (build.rule("second-person"), WHY, "it is a rule of the gate itself"),
        (build.control(), "x" * 19, "the reason is shorter than 20 characters"),
        (build.control(), "  x" + " " * 40, "the reason is shorter than 20 characters"),
        (build.control("access.example", severity="major"), WHY, None),
        (build.control(), "x" * 20, None),
    ],
)
def test_a_safeguard_cannot_be_declared_away_and_a_reason_is_needed(control, reason, because):
    assert (refused(control, reason) or "").startswith(because or "") and bool(because) == bool(
        refused(control, reason)
    )
    before = result(control)
    after, note = apply(control, before, reason)
    if because is None:
        assert (after.outcome, note) == ("not-applicable", None)
    else:
        assert after == before
        assert note.startswith(f"{control.id} is declared not applicable, and that is refused: {because}")


def test_reasons_are_read_from_the_law_alone():
    assert reasons(None) == {}
    assert reasons(build.law(not_applicable=(NotApplicable(control="a.b", reason=WHY),))) == {"a.b": WHY}
