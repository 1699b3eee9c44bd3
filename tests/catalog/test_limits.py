"""Overrides are checked against type and unit, resolved for checks, and told apart from looser ones."""

from __future__ import annotations

import pytest

from gonogo.catalog import Threshold, load
from gonogo.catalog.limits import limits, loosens, problems
from gonogo.errors import UsageError
from gonogo.facts.declaration import Budgets, Objective, System

CATALOG = load(plugins=False)
TIMEOUTS = CATALOG.controls["reliability.timeouts-configured"]
SPENDING = CATALOG.controls["cost.provider-spend-limit"]
RETRIES = CATALOG.controls["reliability.retry-classification"]


def threshold(control: str, name: str) -> Threshold:
    return CATALOG.controls[control].threshold[name]


def test_each_threshold_is_an_attribute_and_what_was_read_is_recorded() -> None:
    found = limits(TIMEOUTS, {}, None)
    assert found.connect_s == 5
    assert found.read_s == (60, 120)
    assert found.read == {"connect_s", "read_s"}
    assert found.names == ("connect_s", "read_s", "edge_deadline_s")


def test_a_list_is_a_tuple() -> None:
    assert limits(RETRIES, {}, None).no_retry == (400, 401, 403)


def test_a_reference_is_the_declared_value_or_none() -> None:
    declared = System(name="shop", budgets=Budgets(monthly_usd=400.0))
    assert limits(SPENDING, {}, declared).limit == 400.0
    assert limits(SPENDING, {}, System(name="shop")).limit is None
    assert limits(SPENDING, {}, None).limit is None


def test_a_reference_finds_an_entry_of_a_list_by_its_name() -> None:
    control = CATALOG.controls["observability.alert-rules"]
    declared = System(name="shop", objectives=(Objective(name="latency-p95", target=800, unit="ms"),))
    assert limits(control, {}, declared).p95_latency == 800


def test_an_unknown_attribute_names_the_near_one() -> None:
    with pytest.raises(AttributeError, match="did you mean connect_s"):
        _ = limits(TIMEOUTS, {}, None).conect_s


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("connect_s", 8, 8),
        ("connect_s", 2.5, 2.5),
        ("connect_s", "8", 8),
        ("connect_s", "8 s", 8),
        ("connect_s", "8s", 8),
        ("read_s", [30, 90], (30, 90)),
        ("read_s", ["30 s", "90 s"], (30, 90)),
        ("read_s", "30-90 s", (30, 90)),
    ],
)
def test_an_override_takes_a_number_or_a_number_with_its_unit(name: str, given: object, value: object) -> None:
    assert getattr(limits(TIMEOUTS, {name: given}, None), name) == value


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("connect_s", "5 min", "given in min, the threshold in s"),
        ("connect_s", "soon", "not a number of s"),
        ("connect_s", True, "not a number of s"),
        ("connect_s", None, "not a number of s"),
        ("connect_s", [5], "not a number of s"),
        ("connect_s", float("nan"), "not a number of s"),
        ("connect_s", float("inf"), "not a number of s"),
        ("read_s", 90, "not a range of s"),
        ("read_s", [90, 30], "not a range of s"),
        ("read_s", [30, 60, 90], "not a range of s"),
        ("read_s", "30-90 min", "given in min"),
        ("conect_s", 5, "did you mean connect_s"),
    ],
)
def test_a_wrong_override_says_what_is_right(name: str, given: object, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        limits(TIMEOUTS, {name: given}, None)
    assert words in str(raised.value)
    assert raised.value.mend


@pytest.mark.parametrize("given", [500, "429", [429, "many"], [True]])
def test_a_list_takes_a_list_of_its_own_type(given: object) -> None:
    with pytest.raises(UsageError):
        limits(RETRIES, {"retry": given}, None)


def test_text_and_truth_take_their_own_type_only() -> None:
    with pytest.raises(UsageError, match="text such as 'patch'"):
        limits(CATALOG.controls["infrastructure.pinned-dependencies"], {"runtime": 3.11}, None)
    with pytest.raises(UsageError, match="true or false"):
        limits(CATALOG.controls["infrastructure.reproducible-container"], {"digest_equal": "yes"}, None)


@pytest.mark.parametrize(
    ("control", "name", "new", "looser"),
    [
        ("reliability.timeouts-configured", "connect_s", 8, True),
        ("reliability.timeouts-configured", "connect_s", "3 s", False),
        ("reliability.timeouts-configured", "connect_s", 5, False),
        ("reliability.timeouts-configured", "read_s", [60, 120], False),
        ("reliability.timeouts-configured", "read_s", [70, 100], False),
        ("reliability.timeouts-configured", "read_s", [30, 100], True),
        ("reliability.timeouts-configured", "read_s", [70, 180], True),
        ("reliability.retry-classification", "retry", [429, 500, 502, 503], True),
        ("reliability.retry-classification", "retry", [408, 429, 500, 502, 503, 504], False),
        ("observability.model-calls-logged", "coverage", 99, True),
        ("observability.log-retention", "retention_days", 180, False),
        ("data.drift-detection", "psi", 0.5, True),
        ("data.drift-detection", "psi", 0.1, False),
        ("data.drift-detection", "ks_p", 0.001, True),
        ("data.drift-detection", "ks_p", 0.05, False),
        ("reliability.circuit-breaker", "failure_threshold", 50, True),
        ("agent-reliability.iteration-limit", "iterations", 10, False),
        ("infrastructure.pinned-dependencies", "runtime", "minor", True),
        ("infrastructure.reproducible-container", "digest_equal", False, True),
        ("infrastructure.reproducible-container", "digest_equal", True, False),
        ("cost.provider-spend-limit", "limit", 1, True),
    ],
)
def test_what_asks_for_less_loosens(control: str, name: str, new: object, looser: bool) -> None:
    assert loosens(threshold(control, name), new) is looser


def test_no_figure_loosens_itself() -> None:
    for control in CATALOG.controls.values():
        for name, found in control.threshold.items():
            value = getattr(limits(control, {}, None), name)
            if value is not None:
                assert not loosens(found, list(value) if isinstance(value, tuple) else value), (control.id, name)


def test_problems_of_a_whole_file_are_told_by_place() -> None:
    found = problems(
        CATALOG,
        {
            "reliability.timeout-configured": {"connect_s": 5},
            "reliability.timeouts-configured": {"connect_s": 3, "read_s": 1, "reed_s": 2},
        },
    )
    assert set(found) == {
        ("reliability.timeout-configured", ""),
        ("reliability.timeouts-configured", "read_s"),
        ("reliability.timeouts-configured", "reed_s"),
    }
    assert "did you mean reliability.timeouts-configured" in found["reliability.timeout-configured", ""]
