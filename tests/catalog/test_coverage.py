"""A proof counts only with a registered check and both of its recorded cases."""

from __future__ import annotations

from gonogo.catalog import load
from gonogo.catalog.coverage import coverage

CATALOG = load(plugins=False)
BOTH = {"pass": "a" * 64, "fail": "b" * 64}
PINNED = "rollout.model-pinned"


def test_a_check_with_both_cases_is_implemented() -> None:
    found = coverage(CATALOG, [(PINNED, "scan")], {PINNED: {"scan": BOTH}})
    assert found["controls"][PINNED] == {"scan": "implemented", "lab": "planned"}
    assert found["totals"]["scan"] == [1, 95]


def test_a_check_without_its_failing_case_is_planned() -> None:
    for case in ({"pass": "a" * 64}, {"pass": "a" * 64, "fail": ""}, {"pass": "a" * 64, "fail": "a" * 64}, {}):
        assert coverage(CATALOG, [(PINNED, "scan")], {PINNED: {"scan": case}})["totals"]["scan"][0] == 0


def test_cases_without_a_check_are_planned() -> None:
    assert coverage(CATALOG, [], {PINNED: {"scan": BOTH}})["totals"]["scan"] == [0, 95]


def test_a_method_used_twice_by_a_control_counts_once() -> None:
    found = coverage(CATALOG, [], {})
    assert found["controls"]["cost.monthly-budget-tracked"] == {"records": "planned"}
    assert found["totals"]["records"] == [0, 64]
    assert set(found["controls"]) == set(CATALOG.controls)


def test_checks_of_controls_that_are_not_in_the_catalogue_do_not_count() -> None:
    found = coverage(CATALOG, [("their.control", "scan")], {"their.control": {"scan": BOTH}})
    assert sum(done for done, _ in found["totals"].values()) == 0
