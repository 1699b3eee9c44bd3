"""Numbers that the gate reads from the catalogue's thresholds, with the overrides of the law in force."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.catalog.control import Catalog, Control, Threshold
from gonogo.catalog.limits import parse
from gonogo.errors import UsageError

Overrides = Mapping[str, Mapping[str, object]]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def figure(control: Control, name: str, overrides: Overrides) -> float | None:
    """Return a threshold as a number: the law's override, else the catalogue's value; None where it has no number."""
    threshold = control.threshold.get(name)
    if threshold is None:
        return None
    given = overrides.get(control.id, {}).get(name)
    override = None if given is None else _number(_parsed(threshold, given))
    return override if override is not None else _number(threshold.value)


def _parsed(threshold: Threshold, given: object) -> object:
    try:
        return parse(threshold, given, "the override")
    except UsageError:  # an override of the wrong form is refused where gonogo.yaml is read; here it counts for nothing
        return None


def figure_of(catalog: Catalog, control: str, name: str, overrides: Overrides, default: float) -> float:
    """Return a threshold of a control that the catalogue may lack, else `default`."""
    known = catalog.controls.get(control)
    value = figure(known, name, overrides) if known else None
    return default if value is None else value
