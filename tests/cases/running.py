"""Collectors that run the system, narrowed to what one check judges."""

from __future__ import annotations

from gonogo.checks.check import Check
from gonogo.prove.base import Collector


def narrowed(method: str, check: Check, given: dict[str, object]) -> Collector:
    """Return the collector of `method` that plays the scenario of `check` alone, with the one `journey` or `seconds` given."""
    if method == "lab":
        from gonogo.prove.lab.collect import Lab

        assert check.scenario, f"{check.control} by lab names no scenario"
        journey = given.get("journey")
        return Lab(scenarios=(check.scenario,), journey=str(journey) if journey else None)
    if method == "drill":
        from gonogo.prove.drill import Rollback

        return Rollback(limit_s=6)
    if method == "load":
        from gonogo.prove.load.collect import Load

        assert check.scenario, f"{check.control} by load names no scenario"
        return Load(check.scenario, seconds=float(str(given["seconds"])))
    raise AssertionError(f"no case runs {method} yet")
