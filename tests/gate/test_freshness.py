from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from gonogo.catalog.control import Cadence
from gonogo.facts import PARTS
from gonogo.gate.freshness import AGE_THRESHOLDS, Scope, age, changed_parts, shelf_life
from gonogo.gate.policy import Policy
from tests.gate import build
from tests.gate.build import NOW

DAY = timedelta(days=1)


def scope(**given):
    values = {"subject": build.subject(), "now": NOW, "policy": Policy(environment="production")}
    return Scope(**{**values, **given})


def drill(**given):
    return build.finding(method="drill", **given)


def drilled(**given):
    return build.control("readiness.example", build.proof("drill", parts=("code",)), **given)


@pytest.mark.parametrize(("every", "days"), [("monthly", 31), ("quarterly", 92), ("none", 92)])
def test_the_shelf_life_comes_from_the_cadence(every, days):
    assert shelf_life(build.control(cadence=Cadence(every=every)), scope()) == days * DAY


def test_without_a_cadence_the_policy_says_how_long():
    control = build.control(cadence=Cadence(every="none"))
    assert shelf_life(control, scope(policy=Policy(shelf_days=7))) == 7 * DAY
    assert shelf_life(build.control(), scope(policy=Policy(shelf_days=7))) == 92 * DAY


@pytest.mark.parametrize(
    ("name", "value", "life"),
    [
        ("evidence_age_days", 90, 90 * DAY),
        ("age_days", 14, 14 * DAY),
        ("max_age_days", 30, 30 * DAY),
        ("drill_age_days", 30, 30 * DAY),
        ("check_age_h", 24, DAY),
        ("age_days", 365, 92 * DAY),
        ("critical_age_days", 14, 92 * DAY),
    ],
)
def test_an_age_threshold_tightens_the_shelf_life_and_never_lengthens_it(name, value, life):
    control = build.control(threshold={name: build.threshold(value)})
    assert shelf_life(control, scope()) == life


def test_the_laws_override_of_an_age_counts():
    control = build.control(threshold={"age_days": build.threshold(14)})
    assert shelf_life(control, scope(overrides={"cost.example": {"age_days": 20}})) == 20 * DAY
    assert set(AGE_THRESHOLDS) == {"evidence_age_days", "age_days", "max_age_days", "drill_age_days", "check_age_h"}


def test_a_pass_counts_until_the_moment_its_shelf_life_ends():
    finding = build.finding(seen_at=NOW - 92 * DAY + timedelta(seconds=1))
    aged = age(finding, build.control(), scope())
    assert (aged.outcome, aged.stale) == ("pass", None)
    assert aged.expires == NOW + timedelta(seconds=1)
    assert aged.finding is finding
    later = age(finding, build.control(), scope(now=NOW + timedelta(seconds=1)))
    assert later.outcome == "not-collected"
    assert later.expires is None
    assert later.stale == "the scan of 2025-12-08 12:00 UTC expired at 2026-03-10 12:00 UTC"
    assert later.finding == finding


@pytest.mark.parametrize("outcome", ["fail", "error", "inconclusive", "not-collected"])
def test_what_does_not_speak_well_of_the_system_never_ages_away(outcome):
    finding = build.finding(outcome=outcome, seen_at=NOW - 999 * DAY, fingerprints={"tree": "sha256:other"})
    aged = age(finding, build.control(), scope())
    assert (aged.outcome, aged.stale, aged.expires, aged.parts) == (outcome, None, None, ())


def test_evidence_without_a_date_is_not_fresh():
    aged = age(build.finding(seen_at=None), build.control(), scope())
    assert (aged.outcome, aged.stale) == ("not-collected", "the scan does not say when it saw it")


def test_evidence_dated_in_the_future_does_not_count():
    ahead = build.finding(seen_at=NOW + timedelta(minutes=6))
    aged = age(ahead, build.control(), scope())
    assert (aged.outcome, aged.stale) == ("not-collected", "the scan is dated in the future (2026-03-10 12:06 UTC)")
    assert age(build.finding(seen_at=NOW + timedelta(minutes=5)), build.control(), scope()).outcome == "pass"


def test_a_scan_is_bound_to_the_tree_it_read():
    aged = age(build.finding(fingerprints={"tree": "sha256:other", **build.PRINTS}), build.control(), scope())
    assert (aged.outcome, aged.parts) == ("not-collected", ("tree",))
    assert aged.stale == "the scan read another state of the files"


def test_a_scan_that_names_no_tree_is_bound_to_its_parts():
    control = build.control("cost.example", build.proof(parts=("code",)))
    assert age(build.finding(fingerprints={"code": "sha256:code"}), control, scope()).outcome == "pass"
    assert age(build.finding(fingerprints={"code": "sha256:old"}), control, scope()).outcome == "not-collected"
    assert age(build.finding(fingerprints={}), control, scope()).parts == ("code",)


def test_a_scan_bound_to_nothing_does_not_count():
    aged = age(build.finding(fingerprints={}), build.control(), scope())
    assert (aged.outcome, aged.stale) == ("not-collected", "the scan does not say which files it read")
    assert age(drill(fingerprints={}), build.control("x.y", build.proof("drill")), scope()).outcome == "pass"


@pytest.mark.parametrize("part", PARTS)
def test_one_changed_byte_in_a_part_stales_the_evidence_of_the_controls_that_depend_on_it(part):
    prints = {name: f"sha256:{name}" for name in PARTS}
    subject = build.subject(fingerprints={**prints, part: f"sha256:{part}!"})
    on_it = build.control("readiness.example", build.proof("drill", parts=(part,)))
    off_it = build.control("readiness.example", build.proof("drill", parts=tuple(p for p in PARTS if p != part)))
    aged = age(drill(fingerprints=prints), on_it, scope(subject=subject))
    assert (aged.outcome, aged.parts) == ("not-collected", (part,))
    assert aged.stale == f"the drill saw another state of: {part}"
    assert age(drill(fingerprints=prints), off_it, scope(subject=subject)).outcome == "pass"


def test_an_unrelated_commit_stales_no_drill():
    subject = build.subject(tree="sha256:new", commit="d" * 40, fingerprints={**build.PRINTS, "prompts": "sha256:new"})
    assert age(drill(), drilled(), scope(subject=subject)).outcome == "pass"


def test_a_part_that_one_side_alone_knows_has_changed():
    control = drilled()
    assert changed_parts(drill(fingerprints={}), control, build.subject()) == ("code",)
    assert changed_parts(drill(), control, build.subject(fingerprints={})) == ("code",)
    assert changed_parts(drill(fingerprints={}), control, build.subject(fingerprints={})) == ()


def test_a_proof_that_names_no_parts_is_bound_to_those_its_finding_names():
    control = build.control("readiness.example", build.proof("drill"))
    assert changed_parts(drill(fingerprints={"code": "sha256:code", "tree": "x"}), control, build.subject()) == ()
    changed = {"zeta": "1", "prompts": "x", "code": "x", "alpha": "1"}
    assert changed_parts(drill(fingerprints=changed), control, build.subject()) == ("code", "prompts", "alpha", "zeta")


def test_all_changed_parts_are_named_in_one_sentence():
    aged = age(drill(fingerprints={"code": "1", "prompts": "2"}), build.control("x.y", build.proof("drill")), scope())
    assert aged.stale == "the drill saw another state of: code, prompts"


def test_a_probe_counts_for_the_environment_it_looked_at():
    control = build.control("access.example", build.proof("probe"))
    elsewhere = build.finding(method="probe", environment="staging", fingerprints={})
    aged = age(elsewhere, control, scope())
    assert (aged.outcome, aged.stale) == ("not-collected", "the probe looked at staging, not at production")
    assert age(elsewhere, control, scope(policy=Policy(environment="staging"))).outcome == "pass"
    assert age(elsewhere, control, scope(policy=Policy())).outcome == "pass"
    unnamed = msgspec.structs.replace(elsewhere, environment=None)
    assert age(unnamed, control, scope()).outcome == "pass"


def test_a_drill_in_staging_counts_for_production():
    assert age(drill(environment="staging"), drilled(), scope()).outcome == "pass"


def test_not_applicable_ages_like_a_pass_where_it_rests_on_something_seen():
    control = build.control()
    old = build.finding(outcome="not-applicable", seen_at=NOW - 99 * DAY)
    assert age(old, control, scope()).outcome == "not-collected"
    moved = build.finding(outcome="not-applicable", fingerprints={"tree": "sha256:other"})
    assert age(moved, control, scope()).outcome == "not-collected"
    assert age(build.finding(outcome="not-applicable"), control, scope()).outcome == "not-applicable"
    undated = build.finding(outcome="not-applicable", seen_at=None)
    assert age(undated, control, scope()).outcome == "not-collected"
    concluded = build.finding(outcome="not-applicable", seen_at=None, fingerprints={})
    assert age(concluded, control, scope()).outcome == "not-applicable"
    unbound = build.finding(outcome="not-applicable", fingerprints={})
    assert age(unbound, control, scope()).outcome == "not-collected"
