"""Checks, collectors and catalogues that are installed: ours and a stranger's load through the same entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import get_args

from gonogo.checks.check import Check
from gonogo.errors import UsageError
from gonogo.facts import Method
from gonogo.prove.base import Collector


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as broken:
        raise UsageError(
            f"the plugin {point.name} ({point.value}) of group {point.group} cannot be loaded: {broken}",
            mend=f"update or uninstall the package {point.dist.name if point.dist else point.value}",
        ) from broken


@cache
def checks() -> tuple[Check, ...]:
    """Return every registered check; two for the same proof are refused."""
    found: dict[tuple[str, str], Check] = {}
    for point in sorted(entry_points(group="gonogo.checks"), key=lambda p: p.value):
        for value in vars(_load(point)).values():
            if not isinstance(value, Check) or found.get((value.control, value.by)) is value:
                continue
            if (value.control, value.by) in found:
                raise UsageError(
                    f"two checks are registered for {value.control} by {value.by}", mend=f"remove {point.value}"
                )
            found[value.control, value.by] = value
    return tuple(found[key] for key in sorted(found))


@cache
def collectors() -> tuple[Collector, ...]:
    """Return one instance of every registered collector: those that only read come first, so that others know more."""
    order = get_args(Method)
    made: list[Collector] = [_load(point)() for point in entry_points(group="gonogo.collectors")]  # type: ignore[operator]
    return tuple(sorted(made, key=lambda c: (order.index(c.method), c.name)))
