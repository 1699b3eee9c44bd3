"""Thresholds as a check reads them: the catalogue's value, a team's override, or what gonogo.yaml says.

limits = limits(control, {"connect_s": "8 s"}, system)
limits.connect_s  # 8
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gonogo.catalog.control import Catalog, Control, Reference, Threshold
from gonogo.catalog.problems import nearest
from gonogo.errors import UsageError
from gonogo.facts import System

Value = float | int | str | bool | tuple[Any, ...] | None

_NUMBER = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S.*)?")
_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:-|\u2013|to)\s*(\d+(?:\.\d+)?)\s*(\S.*)?")


class Limits:
    """The resolved thresholds of one control, each as an attribute.

    A range is `(low, high)`, a list a tuple, a reference into gonogo.yaml that value, or None where it is not declared.
    `read` holds the names that were asked for, so that a figure which no check reads can be found.
    """

    def __init__(self, control: str, values: Mapping[str, Value]) -> None:
        """Keep `values` by threshold name for the control with id `control`."""
        self._control, self._values = control, dict(values)
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        """Return the value of threshold `name`; raises AttributeError, naming the near one, where there is none."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._values:
            raise AttributeError(f"{self._control} has no threshold {name!r}{nearest(name, self._values)}")
        self.read.add(name)
        return self._values[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all thresholds, read or not."""
        return tuple(self._values)


def limits(control: Control, overrides: Mapping[str, object], system: System | None) -> Limits:
    """Resolve the thresholds of `control`; raises `UsageError` for an override with a wrong name, type or unit."""
    for name in overrides:
        if name not in control.threshold:
            raise _unknown(control, name)
    return Limits(
        control.id,
        {
            name: parse(threshold, overrides[name], f"{control.id}.{name}")
            if name in overrides
            else _resolved(threshold, system)
            for name, threshold in control.threshold.items()
        },
    )


def problems(catalog: Catalog, overrides: Mapping[str, Mapping[str, object]]) -> dict[tuple[str, str], str]:
    """Return what is wrong with overrides by (control, threshold); threshold "" where the control is unknown."""
    found: dict[tuple[str, str], str] = {}
    for name, values in overrides.items():
        control = catalog.controls.get(name)
        if control is None:
            found[name, ""] = f"there is no control {name!r}{nearest(name, catalog.controls)}"
            continue
        for key, value in values.items():
            try:
                limits(control, {key: value}, None)
            except UsageError as error:
                found[name, key] = error.message
    return found


def parse(threshold: Threshold, given: object, name: str) -> Value:
    """Return an override as the threshold's own type: a number, `"<number> <unit>"`, text, a list, or [low, high].

    Raises `UsageError` that names `name`, what was given and what is right.
    """
    model = threshold.value
    if threshold.compare == "within":
        return _range(threshold, given, name)
    if isinstance(model, tuple):
        if not isinstance(given, (list, tuple)):
            raise _wrong(name, given, f"a list such as {_shown(threshold)}")
        return tuple(_scalar(threshold, model[0], entry, name) for entry in given)
    return _scalar(threshold, 0 if isinstance(model, Reference) else model, given, name)


def loosens(threshold: Threshold, new: object) -> bool:
    """Say whether the override `new` asks for less than the catalogue does; what cannot be compared counts as less.

    Raises `UsageError` where `new` does not fit the threshold at all.
    """
    value = parse(threshold, new, "the override")
    old = threshold.value
    if isinstance(old, Reference):
        return True
    if threshold.compare == "within" and isinstance(old, tuple) and isinstance(value, tuple):
        return not (old[0] <= value[0] and value[1] <= old[1])
    if isinstance(old, tuple):
        return not isinstance(value, tuple) or not set(old) <= set(value)
    if isinstance(old, (str, bool)) or threshold.compare == "==":
        return value != old
    if not isinstance(value, (int, float)):
        return True
    upper = threshold.compare in ("<", "<=")
    return value > old if upper != threshold.raises else value < old


def _resolved(threshold: Threshold, system: System | None) -> Value:
    value = threshold.value
    return declared(value.key, system) if isinstance(value, Reference) else value


def declared(key: str, system: System | None) -> Value:
    """Follow a dotted key through gonogo.yaml, into lists by the entry's name; None where it is not declared."""
    value: Any = system
    for part in key.split("."):
        if isinstance(value, (tuple, list)):
            value = next((entry for entry in value if getattr(entry, "name", None) == part), None)
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            value = getattr(value, part, None)
    return value if isinstance(value, (int, float, str, bool, tuple)) else None


def _scalar(threshold: Threshold, model: object, given: object, name: str) -> float | int | str | bool:
    if isinstance(model, bool):
        if isinstance(given, bool):
            return given
        raise _wrong(name, given, "true or false")
    if isinstance(model, str):
        if isinstance(given, str) and given.strip():
            return given
        raise _wrong(name, given, f"text such as {model!r}")
    if isinstance(given, (int, float)) and not isinstance(given, bool) and _finite(given):
        return given
    match = _NUMBER.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise _wrong(name, given, f"a number of {threshold.unit}, such as {_shown(threshold)}")
    _same_unit(threshold, match[2], given, name)
    return _number(match[1])


def _range(threshold: Threshold, given: object, name: str) -> tuple[float | int, float | int]:
    pair: tuple[Any, ...] = ()
    if isinstance(given, str) and (match := _RANGE.fullmatch(given)):
        _same_unit(threshold, match[3], given, name)
        pair = (_number(match[1]), _number(match[2]))
    elif isinstance(given, (list, tuple)) and len(given) == 2:
        pair = tuple(_scalar(threshold, 0, entry, name) for entry in given)
    if len(pair) != 2 or pair[0] > pair[1]:
        raise _wrong(name, given, f"a range of {threshold.unit}, such as {_shown(threshold)}")
    return pair[0], pair[1]


def _number(text: str) -> float | int:
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)


def _finite(value: float) -> bool:
    return value == value and abs(value) != float("inf")


def _same_unit(threshold: Threshold, unit: str | None, given: object, name: str) -> None:
    if unit is not None and unit.strip() != threshold.unit:
        raise UsageError(
            f"{name}: {given!r} is given in {unit.strip()}, the threshold in {threshold.unit}",
            mend=f"write the figure in {threshold.unit}, for example {_shown(threshold)}",
        )


def _shown(threshold: Threshold) -> str:
    value = threshold.value
    if isinstance(value, Reference):
        return f'"100 {threshold.unit}"'
    if isinstance(value, tuple):
        return f"[{', '.join(str(entry) for entry in value)}]"
    return (
        f'"{value} {threshold.unit}"'
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else repr(value)
    )


def _wrong(name: str, given: object, wanted: str) -> UsageError:
    shown = repr(given)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return UsageError(f"{name}: {shown} is not {wanted}", mend=f"set thresholds for {name} to {wanted}")


def _unknown(control: Control, name: str) -> UsageError:
    known = ", ".join(control.threshold) or "none"
    return UsageError(
        f"{control.id} has no threshold {name!r}{nearest(name, control.threshold)}",
        mend=f"its thresholds are: {known}",
    )
