"""A figure that decides must be read: every threshold of an implemented proof is read by its check, and no other is."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gonogo import plugins
from gonogo.catalog import load
from gonogo.checks.check import Check

CATALOG = load(plugins=False)
CHECKS = [check for check in plugins.checks() if check.control in CATALOG.controls]


def read_in(function: Callable[..., Any], seen: set[str]) -> Iterator[str]:
    """Yield the names that a function, and every function of ours that it calls, reads from `limits`."""
    if function.__qualname__ in seen:
        return
    seen.add(function.__qualname__)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "limits":
            yield node.attr
        if isinstance(node, ast.Name):
            called = function.__globals__.get(node.id)
            if inspect.isfunction(called) and called.__module__.startswith("gonogo.checks"):
                yield from read_in(called, seen)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: f"{c.control}-{c.by}")
def test_a_check_reads_the_thresholds_that_the_catalogue_says_it_reads(check: Check) -> None:
    control = CATALOG.controls[check.control]
    listed = {name for name, threshold in control.threshold.items() if check.by in threshold.read_by}
    assert set(read_in(check.function, set())) - {"read", "names"} == listed


def test_every_registered_check_belongs_to_a_proof_of_the_catalogue() -> None:
    unknown = [
        (c.control, c.by)
        for c in plugins.checks()
        if c.control.partition(".")[0] in {x.area for x in CATALOG.controls.values()}
    ]
    for control, method in unknown:
        assert control in CATALOG.controls, control
        assert CATALOG.controls[control].proofs(method), (control, method)  # type: ignore[arg-type]
