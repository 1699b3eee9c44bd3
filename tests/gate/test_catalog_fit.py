"""The gate and the built-in catalogue belong together: names that one uses, the other has."""

from __future__ import annotations

import pytest

from gonogo.catalog import load
from gonogo.gate import close_commands, decide
from gonogo.gate.freshness import AGE_THRESHOLDS
from gonogo.gate.safeguards import GATE_RULES, is_non_negotiable
from tests.gate import build
from tests.gate.build import NOW


@pytest.fixture(scope="module")
def catalog():
    return load(plugins=False)


def judged(catalog, profile, findings=(), **given):
    values = {"subject": build.subject(), "law_old": build.law(), "law_new": build.law(), "now": NOW}
    return decide(
        findings, catalog, catalog.profiles[profile], policy=build.policy(profile=profile), **{**values, **given}
    )


def test_every_rule_of_the_gate_is_a_control_with_a_records_proof(catalog):
    for name in GATE_RULES:
        assert catalog.controls[name].proofs("records"), name


def test_every_age_threshold_that_the_gate_reads_is_one_of_the_catalogue(catalog):
    assert set(AGE_THRESHOLDS) <= {name for control in catalog.controls.values() for name in control.threshold}


def test_the_safeguards_of_the_catalogue_are_critical(catalog):
    safeguards = [c for c in catalog.controls.values() if is_non_negotiable(c)]
    assert len(safeguards) >= 15
    assert {c.severity for c in safeguards} == {"critical"}


def test_without_evidence_every_profile_is_no_go_and_says_what_would_close_it(catalog):
    for name, profile in catalog.profiles.items():
        decision = judged(catalog, name)
        assert decision.verdict == "NO-GO"
        assert tuple(r.control for r in decision.results) == profile.controls
        open_ = [r for r in decision.results if r.blocking]
        assert open_ and all(r.close for r in open_), name
        assert 0 < len(close_commands(decision)) <= 6


def test_the_trial_on_every_built_in_safeguard_is_refused(catalog):
    results = {r.control: r for r in judged(catalog, "pre-launch").results}
    assert results["decision.non-negotiable"].findings[0].outcome == "pass"


def test_full_passing_evidence_brings_every_profile_to_go_once_a_second_person_signed(catalog):
    for name, profile in catalog.profiles.items():
        controls = [catalog.controls[c] for c in profile.controls]
        findings = [
            build.finding(c.id, method=p.method, fingerprints={"tree": build.TREE, **build.PRINTS})
            for c in controls
            for p in c.proof
        ]
        signed = [build.approval(*findings)]
        decision = judged(catalog, name, findings, approvals=signed)
        assert (decision.verdict, decision.blockers, decision.reasons) == ("GO", (), ()), name
