"""Which proofs of the catalogue are implemented: counted from the registered checks and their recorded cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict, get_args

from gonogo.catalog.control import Catalog
from gonogo.facts import Method

State = Literal["implemented", "planned"]
Cases = Mapping[str, Mapping[str, Mapping[str, str]]]
"""The case index: control, method, then `pass` and `fail`, each with the sha256 of the recorded file."""


class Coverage(TypedDict):
    """`controls` gives each control's methods their state; `totals` each method [implemented, all]."""

    controls: dict[str, dict[str, State]]
    totals: dict[str, list[int]]


def coverage(catalog: Catalog, checks: Iterable[tuple[str, str]], cases: Cases) -> Coverage:
    """Say for every (control, method) of the catalogue whether it is implemented.

    A proof counts only when a check is registered for it and its passing and its failing case were both recorded by its
    own collector; every other one is planned.
    """
    registered = set(checks)
    controls: dict[str, dict[str, State]] = {}
    totals: dict[str, list[int]] = {method: [0, 0] for method in get_args(Method)}
    for name, control in catalog.controls.items():
        controls[name] = {}
        for method in dict.fromkeys(proof.method for proof in control.proof):
            done = (name, method) in registered and _recorded(cases, name, method)
            controls[name][method] = "implemented" if done else "planned"
            totals[method][0] += done
            totals[method][1] += 1
    return {"controls": controls, "totals": totals}


def _recorded(cases: Cases, control: str, method: str) -> bool:
    case = cases.get(control, {}).get(method, {})
    return bool(case.get("pass")) and bool(case.get("fail")) and case["pass"] != case["fail"]
