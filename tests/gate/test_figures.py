from __future__ import annotations

import pytest

from gonogo.catalog.control import Reference
from gonogo.gate.figures import figure, figure_of
from tests.gate import build


@pytest.mark.parametrize(
    ("value", "overrides", "wanted"),
    [
        (90, {}, 90.0),
        (90, {"cost.example": {"age_days": 30}}, 30.0),
        (90, {"cost.example": {"age_days": "30 d"}}, 30.0),
        (90, {"cost.example": {"age_days": 0}}, 0.0),
        (90, {"cost.example": {"age_days": "30 weeks"}}, 90.0),
        (90, {"cost.example": {"age_days": True}}, 90.0),
        (90, {"cost.example": {"other": 30}}, 90.0),
        (90, {"cost.other": {"age_days": 30}}, 90.0),
        (True, {}, None),
        ("some time", {}, None),
        (Reference(key="budgets.monthly_usd"), {}, None),
        (Reference(key="budgets.monthly_usd"), {"cost.example": {"age_days": 30}}, 30.0),
    ],
)
def test_a_figure_is_the_laws_override_or_the_catalogues_number(value, overrides, wanted):
    control = build.control(threshold={"age_days": build.threshold(value)})
    assert figure(control, "age_days", overrides) == wanted


def test_a_figure_that_the_control_does_not_have_is_none_whatever_is_overridden():
    assert figure(build.control(), "age_days", {"cost.example": {"age_days": 3}}) is None


def test_the_default_stands_in_for_a_control_or_figure_that_the_catalogue_lacks():
    catalog = build.catalog(build.control(threshold={"n": build.threshold(0), "text": build.threshold("much")}))
    assert figure_of(catalog, "cost.example", "n", {}, 9) == 0
    assert figure_of(catalog, "cost.example", "text", {}, 9) == 9
    assert figure_of(catalog, "cost.none", "n", {}, 9) == 9
    assert figure_of(catalog, "cost.example", "n", {"cost.example": {"n": 4}}, 9) == 4
