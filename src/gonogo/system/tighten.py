"""What it means to tighten: what an extended file says stays, except where a change makes it stricter.

A value that the extended file leaves open is free, except that nobody may drop a control, widen a threshold past the
catalogue, or add an approver to a list that it gives. The rules below are the whole of it; the docs are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec

from gonogo.catalog.control import Catalog, Threshold
from gonogo.errors import UsageError
from gonogo.system.document import Node
from gonogo.system.names import NAMED
from gonogo.system.problems import Problems, shown
from gonogo.system.values import pattern_of

Rule = Callable[[Any, Any], bool]
"""Tells, from the value above and the one below, whether the one below is as strict."""

_NUMBERS = (int, float)


def _lower(above: Any, below: Any) -> bool:
    return isinstance(above, _NUMBERS) and isinstance(below, _NUMBERS) and below <= above


def _higher(above: Any, below: Any) -> bool:
    return isinstance(above, _NUMBERS) and isinstance(below, _NUMBERS) and below >= above


def _fewer(above: Any, below: Any) -> bool:
    return isinstance(above, list) and isinstance(below, list) and all(item in above for item in below)


def _ranked(*order: str) -> Rule:
    """Return the rule that only a later word of `order` may replace one."""
    return lambda above, below: above in order and below in order and order.index(below) >= order.index(above)


RULES: dict[str, tuple[Rule, str]] = {
    "environments.*.disposable": (lambda above, below: below is False, "may only become false"),
    "environments.*.request_budget": (_lower, "may only be lowered"),
    "environments.*.hosts": (_fewer, "may only lose entries"),
    "environments.*.origins": (_fewer, "may only lose entries"),
    "service.public": (_fewer, "may only lose entries"),
    "journeys.*.deadline_s": (_lower, "may only be lowered"),
    "budgets.monthly_usd": (_lower, "may only be lowered"),
    "budgets.daily_usd": (_lower, "may only be lowered"),
    "budgets.per_request_usd": (_lower, "may only be lowered"),
    "budgets.prompt_tokens": (_lower, "may only be lowered"),
    "dependencies.*.tls": (lambda above, below: below is True, "may only become true"),
    "data_stores.*.encrypted": (lambda above, below: below is True, "may only become true"),
    "data_stores.*.rebuildable": (lambda above, below: below is False, "may only become false"),
    "data_stores.*.holds": (
        _ranked("public", "internal", "confidential", "personal"),
        "may only move towards personal",
    ),
    "tools.*.approval": (lambda above, below: below is True, "may only become true"),
    "indexes.*.max_lag_hours": (_lower, "may only be lowered"),
    "predictions.*.output_min": (_higher, "may only be raised"),
    "predictions.*.output_max": (_lower, "may only be lowered"),
    "policies.*.approvals": (_higher, "may only be raised"),
    "policies.*.allow_dirty": (lambda above, below: below is False, "may only become false"),
    "policies.*.max_waivers": (_lower, "may only be lowered"),
    "policies.*.fail_on": (_ranked("critical", "major", "minor"), "may only move towards minor"),
    "exclude": (_fewer, "may only lose entries"),
}
"""Where a change makes a system stricter. Every other value of the extended file stays as it is."""

UNION = frozenset({"kinds", "regimes", "budgets.alert_percent", "tools.*.sensitivity"})
"""Lists that are joined: what the extended file lists stays in."""

FREE = frozenset({"name", "path", "description", "extends"})
"""Keys that each file has for itself."""

SILENT: dict[str, object] = {
    "policies.*.allow_dirty": False,
    "policies.*.fail_on": "major",
    "policies.*.approvals": 1,
}
"""Defaults that bind even where the extended file is silent."""

_HIGHER_IS_STRICTER = ("availability", "uptime", "success", "accuracy", "precision", "recall", "throughput", "hit")
_LOWER_IS_STRICTER = ("latency", "error", "time", "ttft", "delay", "lag", "p50", "p90", "p95", "p99", "cost", "failure")


@dataclass(frozen=True)
class _Merge:
    catalog: Catalog | None
    problems: Problems

    def loosened(self, key: str, above: Node | None, below: Node, rule: str) -> None:
        """Note that `below` loosens what stands in the file above, with both places."""
        place = f" ({above.file}:{above.line} says {_said(above)})" if above else ""
        self.problems.add(below.file, below.line, key, f"loosens what it extends: {rule}{place}")

    def mapping(self, key: str, above: Node, below: Node) -> Node:
        """Merge two mappings key by key."""
        joined = dict(above.map)
        for name, node in below.map.items():
            inner = f"{key}.{name}" if key else name
            held = joined.get(name)
            joined[name] = self.value(inner, held, node)
        return replace(below, value=joined)

    def value(self, key: str, above: Node | None, below: Node) -> Node:
        """Return what holds under one key, and note where it loosens."""
        pattern = pattern_of(key)
        if above is None or above.value is None:
            self.silent(key, pattern, below)
            return below
        if pattern in FREE:
            return below
        if below.value is None or (below.value == [] and above.value != [] and pattern not in RULES):
            self.loosened(key, above, below, "may not be removed")
            return above
        if key == "thresholds":
            self.thresholds(above, below)
            return _deep(above, below)
        if pattern in NAMED and isinstance(above.value, list) and isinstance(below.value, list):
            return self.named(key, above, below)
        if isinstance(above.value, dict) and isinstance(below.value, dict) and pattern != "journeys.*.body":
            return self.mapping(key, above, below)
        if (pattern in UNION or pattern.startswith("paths.")) and above.items and below.items:
            have = [n.value for n in above.items]
            return replace(below, value=[*above.items, *(n for n in below.items if n.value not in have)])
        self.hold(key, pattern, above, below)
        return below

    def hold(self, key: str, pattern: str, above: Node, below: Node) -> None:
        """Note a value that is neither the one above nor stricter."""
        old, new = above.plain(), below.plain()
        if type(old) is type(new) and old == new:
            return
        if pattern not in RULES:
            self.loosened(key, above, below, "it is fixed there")
        elif not RULES[pattern][0](old, new):
            self.loosened(key, above, below, RULES[pattern][1])

    def named(self, key: str, above: Node, below: Node) -> Node:
        """Merge two lists of named things: those above stay, one of the same name is merged, new ones are added."""
        field = NAMED[key]
        joined = list(above.items)
        at = {name: i for i, n in enumerate(joined) if (name := _name(n, field)) is not None}
        for index, item in enumerate(below.items):
            name = _name(item, field)
            held = at.get(name) if name is not None else None
            if held is None:
                self.added(f"{key}.{index}", key, above, item)
                joined.append(item)
            else:
                joined[held] = self.item(f"{key}.{index}", joined[held], item)
        return replace(below, value=joined)

    def item(self, key: str, above: Node, below: Node) -> Node:
        """Merge two things of one name."""
        if pattern_of(key) == "not_applicable.*":
            return below
        if pattern_of(key) == "approvers.*":
            fixed = ("email", "key", "roles")
            for name in fixed:
                if name in below.map and _plain(above, name) != _plain(below, name):
                    self.loosened(f"{key}.{name}", above, below.map[name], "an approver is fixed there")
            return above
        return (
            self.objective(key, above, below) if pattern_of(key) == "objectives.*" else self.mapping(key, above, below)
        )

    def objective(self, key: str, above: Node, below: Node) -> Node:
        """Merge two objectives of one name; the target may move to the side that its name says is stricter."""
        name, target = (_name(above, "name") or "").lower(), below.map.get("target")
        rule = next((r for words, r in _DIRECTIONS if any(w in name for w in words)), None)
        if target is None or rule is None or not rule(_plain(above, "target"), target.plain()):
            return self.mapping(key, above, below)
        rest = replace(below, value={k: v for k, v in below.map.items() if k != "target"})
        return replace(below, value={**self.mapping(key, above, rest).map, "target": target})

    def added(self, key: str, name: str, above: Node, below: Node) -> None:
        """Note what may not be added beside what stands above."""
        if name == "approvers":
            self.loosened(key, above, below, "the approvers are those of the extended file")
        elif name == "not_applicable":
            self.loosened(key, None, below, _NOT_APPLICABLE)
        else:
            self.silent_item(key, below)

    def silent(self, key: str, pattern: str, below: Node) -> None:
        """Judge what the file above says nothing about."""
        if pattern == "not_applicable":
            for index, item in enumerate(below.items):
                self.loosened(f"{key}.{index}", None, item, _NOT_APPLICABLE)
        elif pattern == "thresholds":
            self.thresholds(None, below)
        elif pattern in NAMED:
            for index, item in enumerate(below.items):
                self.silent_item(f"{key}.{index}", item)
        elif pattern in SILENT and below.value is not None and not RULES[pattern][0](SILENT[pattern], below.value):
            self.loosened(key, None, below, f"the default is {shown(SILENT[pattern])}, and it {RULES[pattern][1]}")

    def silent_item(self, key: str, item: Node) -> None:
        """Judge the fields of a thing that the file above does not name."""
        for name, node in item.map.items():
            self.silent(f"{key}.{name}", pattern_of(f"{key}.{name}"), node)

    def thresholds(self, above: Node | None, below: Node) -> None:
        """Note each threshold that asks for less than the file above, or the catalogue where it is silent."""
        for control, values in below.map.items():
            for name, node in values.map.items():
                old = above.map[control].map.get(name) if above and control in above.map else None
                key = f"thresholds.{control}.{name}"
                if self.widened(control, name, old, node):
                    self.loosened(key, old, node, "asks for less" if old else "asks for less than the catalogue")

    def widened(self, control: str, name: str, old: Node | None, new: Node) -> bool:
        """Tell whether a threshold asks for less; what does not fit the threshold is told elsewhere."""
        known = self.catalog.controls.get(control) if self.catalog else None
        threshold = known.threshold.get(name) if known else None
        if threshold is None:
            return old is not None and old.plain() != new.plain()
        try:
            return _asks_less(threshold, old.plain() if old else None, new.plain())
        except UsageError:
            return False


def _asks_less(threshold: Threshold, old: object, new: object) -> bool:
    from gonogo.catalog.limits import loosens, parse

    if old is not None:
        threshold = msgspec.structs.replace(threshold, value=cast(Any, parse(threshold, old, "the override")))
    return loosens(threshold, new)


_DIRECTIONS: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (_LOWER_IS_STRICTER, _lower),
    (_HIGHER_IS_STRICTER, _higher),
)
_NOT_APPLICABLE = "only the extended file says what does not apply; add it there, or sign a waiver"


def merge(above: Node, below: Node, catalog: Catalog | None, problems: Problems) -> Node:
    """Return `below` on top of `above`; each place where it loosens goes to `problems`, with both files and lines."""
    return _Merge(catalog, problems).mapping("", above, below)


def _deep(above: Node, below: Node) -> Node:
    joined = dict(above.map)
    for name, node in below.map.items():
        held = joined.get(name)
        joined[name] = _deep(held, node) if held and held.map and node.map else node
    return replace(below, value=joined)


def _name(node: Node, field: str) -> str | None:
    inner = node.map.get(field)
    return inner.text if inner else None


def _plain(node: Node, name: str) -> object:
    inner = node.map.get(name)
    return inner.plain() if inner else None


def _said(node: Node) -> str:
    return shown(node.value) if isinstance(node.value, (str, int, float, bool)) else "otherwise"


def explain_rules() -> Mapping[str, str]:
    """Return each key that may change with the direction, for the reference page."""
    return {key: words for key, (_, words) in RULES.items()}
