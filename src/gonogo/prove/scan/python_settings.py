"""Calculating with settings: what several of them agree on, and what operators make of them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from gonogo.facts import Setting

DYNAMIC = Setting(None, "dynamic")

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
CASTS: dict[str, Callable[[str | int | float | bool], str | int | float | bool]] = {
    "int": int,
    "float": float,
    "str": str,
}


def agreed(seen: list[Setting]) -> Setting:
    """Return the one value that all of `seen` have, dynamic where they differ; the weakest origin wins."""
    if not seen or any(s.origin == "dynamic" for s in seen):
        return DYNAMIC
    first = seen[0]
    if any((s.value, type(s.value)) != (first.value, type(first.value)) for s in seen[1:]):
        return DYNAMIC
    if {s.origin for s in seen} - {"unset"} and any(s.origin == "unset" for s in seen):
        return DYNAMIC
    worst: str = first.origin
    for s in seen[1:]:
        worst = weaker(worst, s.origin)
    return Setting(first.value, worst)  # type: ignore[arg-type]


def as_constant(seen: Setting) -> Setting:
    """Return what a name bound to `seen` is: a literal reached by name is a constant."""
    return Setting(seen.value, "constant") if seen.origin == "literal" else seen


def weaker(a: str, b: str) -> str:
    """Return the less certain of two origins."""
    order = ("literal", "constant", "env-default", "unset", "dynamic")
    return max(a, b, key=order.index)


def computed(left: Setting, op: ast.operator, right: Setting) -> Setting:
    """Return what an operator makes of two settings."""
    a, b = left.value, right.value
    origin = weaker(left.origin, right.origin)
    if isinstance(a, str) and isinstance(b, str) and isinstance(op, ast.Add):
        return Setting(a + b, origin)  # type: ignore[arg-type]
    if isinstance(a, int | float) and isinstance(b, int | float) and type(op) in _ARITHMETIC:
        try:
            return Setting(_ARITHMETIC[type(op)](a, b), origin)  # type: ignore[arg-type]
        except (ZeroDivisionError, OverflowError):
            return DYNAMIC
    return DYNAMIC


def cast(seen: Setting, name: str) -> Setting:
    """Return what `int`, `float` or `str` makes of a setting."""
    if seen.value is None:
        return DYNAMIC
    try:
        return Setting(CASTS[name](seen.value), seen.origin)
    except (ValueError, OverflowError):
        return DYNAMIC
