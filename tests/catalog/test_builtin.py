"""The built-in catalogue holds what it promises: counts, profiles by rule, roles, conditions, sources, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from gonogo.catalog import DATA, Control, items, load
from gonogo.catalog.rules import AREAS, RUNNING, Known, broken
from gonogo.catalog.source import read
from gonogo.derive.conditions import EVALUATORS

CATALOG = load(plugins=False)
CONTROLS = list(CATALOG.controls.values())


def cites(control: Control, *prefixes: str) -> bool:
    return any(source.startswith(prefixes) for source in control.sources)


RULES: dict[str, Callable[[Control], bool]] = {
    "pre-launch": lambda c: c.severity == "critical",
    "model-upgrade": lambda c: cites(c, "s2.upgrade.", "s2.usage.updates."),
    "first-day": lambda c: c.phase == "first-day" or cites(c, "s1.day.", "s0.post.smoke.", "s0.post.compare."),
    "first-week": lambda c: c.phase == "first-week" or cites(c, "s1.week.", "s2.usage.first.04"),
    "monthly": lambda c: c.cadence.every == "monthly",
    "quarterly": lambda c: c.cadence.every == "quarterly",
}

WHOLE = [
    ("minimum", "s1.min."),
    ("pre-launch", "s2.gate."),
    ("pre-launch", "s0.decide."),
    ("pre-launch", "s4.sec."),
    ("model-upgrade", "s2.upgrade."),
    ("first-day", "s1.day."),
    ("first-week", "s1.week."),
]


def test_it_holds_every_control_of_every_area() -> None:
    assert len(CONTROLS) == 304
    assert tuple(dict.fromkeys(c.area for c in CONTROLS)) == AREAS
    assert Counter(c.severity for c in CONTROLS) == {"major": 175, "critical": 72, "minor": 57}


def test_it_holds_every_proof_by_method() -> None:
    used = Counter(method for c in CONTROLS for method in {p.method for p in c.proof})
    expected = {"lab": 149, "scan": 95, "records": 64, "probe": 48, "drill": 34, "eval": 29, "attest": 20, "load": 10}
    assert used == expected


def test_a_control_may_prove_twice_by_one_method() -> None:
    assert len(CATALOG.controls["cost.monthly-budget-tracked"].proofs("records")) == 2


@pytest.mark.parametrize("name", RULES)
def test_each_profile_is_what_its_rule_says(name: str) -> None:
    members = CATALOG.profiles[name].controls
    assert set(members) == {c.id for c in CONTROLS if RULES[name](c)}
    assert len(members) == len(set(members))


@pytest.mark.parametrize(("profile", "prefix"), WHOLE)
def test_each_checklist_section_is_asked_whole_by_its_profile(profile: str, prefix: str) -> None:
    asked = {source for name in CATALOG.profiles[profile].controls for source in CATALOG.controls[name].sources}
    assert {item for item in items() if item.startswith(prefix)} <= asked


def test_minimum_is_five_controls_of_the_shortest_list() -> None:
    members = [CATALOG.controls[name] for name in CATALOG.profiles["minimum"].controls]
    assert len(members) == 5
    assert all(cites(control, "s1.min.") for control in members)


def test_every_checklist_item_is_asked_by_some_control() -> None:
    assert set(items()) == {source for control in CONTROLS for source in control.sources}


def test_no_control_breaks_a_rule_with_its_sources_looked_up() -> None:
    known = Known(evaluators=set(EVALUATORS), items=set(items()))
    assert [(c.id, found) for c in CONTROLS for found in broken(c, known)] == []


def test_every_evaluator_is_used_and_every_condition_has_one() -> None:
    assert {c.applies_when.evaluator for c in CONTROLS if c.applies_when} == set(EVALUATORS)
    assert sum(c.applies_when is not None for c in CONTROLS) == 106


def test_no_key_stands_twice_in_a_file() -> None:
    for path in DATA.glob("*.yaml"):
        source, problems = read(path, path.name)
        assert problems == []
        assert source is not None
        assert source.repeated() == []


def test_every_proof_says_how_and_what_closes_it() -> None:
    for control in CONTROLS:
        for proof in control.proof:
            assert len(proof.how) >= 40, control.id
            assert len(proof.fix.split()) >= 4, control.id
            assert proof.parts, control.id
            if proof.method != "scan":
                assert re.search(r"`gonogo [a-z]+", proof.fix), (control.id, proof.fix)
            if proof.method == "attest":
                assert f"gonogo attest {control.id} --artifact FILE" in proof.fix
                assert "machine" in proof.how, control.id


def test_the_scan_of_a_critical_control_with_a_running_proof_never_stands_alone() -> None:
    for control in CONTROLS:
        if control.severity == "critical" and any(p.method in RUNNING for p in control.proof):
            assert {p.role for p in control.proofs("scan")} <= {"support"}, control.id


def test_either_proof_of_the_spending_limit_will_do() -> None:
    assert [p.role for p in CATALOG.controls["cost.provider-spend-limit"].proof] == ["alternative", "alternative"]


def test_a_lone_scan_of_a_critical_control_is_required() -> None:
    assert [p.role for p in CATALOG.controls["access.no-hardcoded-secrets"].proof] == ["required"]


def test_titles_are_unique_and_short() -> None:
    assert max(Counter(c.title for c in CONTROLS).values()) == 1
    assert max(len(c.title.split()) for c in CONTROLS) <= 12


def test_non_negotiable_are_the_critical_controls_of_access_input_and_output() -> None:
    areas = ("access", "security-input", "security-output")
    assert {c.id for c in CONTROLS if c.non_negotiable} == {
        c.id for c in CONTROLS if c.severity == "critical" and c.area in areas
    }


def test_thresholds_keep_the_figures_of_the_checklists() -> None:
    timeouts = CATALOG.controls["reliability.timeouts-configured"].threshold
    assert (timeouts["connect_s"].value, timeouts["read_s"].value) == (5, (60, 120))
    assert timeouts["edge_deadline_s"].origin == "default"
    assert CATALOG.controls["rollout.ramp-schedule"].threshold["steps"].value == (5, 25, 50, 100)
    assert CATALOG.controls["cost.budget-alerts"].threshold["monthly"].value == (50, 75, 80, 90, 100)
    assert CATALOG.controls["rollout.one-command-rollback"].threshold["rollback_s"].compare == "<"


def test_loading_twice_gives_the_same_digest() -> None:
    assert load(plugins=False).digest == CATALOG.digest
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", CATALOG.digest)
