from __future__ import annotations

import pytest

from gonogo.gate.safeguards import GATE_RULES, is_non_negotiable, is_protected
from tests.gate import build


@pytest.mark.parametrize(
    ("name", "severity", "marked", "wanted"),
    [
        ("access.authentication", "critical", False, True),
        ("access.encryption-at-rest", "critical", False, True),
        ("security-input.injection-screening", "critical", False, True),
        ("security-output.credential-leak", "critical", False, True),
        ("access.session-timeout", "major", False, False),
        ("security-input.input-risk-logged", "minor", False, False),
        ("cost.daily-budget-cap", "critical", False, False),
        ("security-inputs.other", "critical", False, False),
        ("cost.daily-budget-cap", "minor", True, True),
    ],
)
def test_safeguards_are_critical_controls_of_access_and_of_input_and_output_safety(name, severity, marked, wanted):
    control = build.control(name, severity=severity, non_negotiable=marked)
    assert is_non_negotiable(control) is wanted
    assert is_protected(control) is wanted


@pytest.mark.parametrize("name", sorted(GATE_RULES))
def test_the_gates_own_rules_are_protected_too(name):
    assert is_protected(build.rule(name.partition(".")[2]))
    assert not is_protected(build.rule("metrics-normal"))


def test_the_gate_knows_five_rules_of_its_own():
    assert {name.partition(".")[2] for name in GATE_RULES} == {
        "critical-all-pass", "non-negotiable", "second-person", "waivers-justified", "rerun-on-change",
    }  # fmt: skip
