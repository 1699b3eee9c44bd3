"""The rules of a control that its types cannot say: names, roles, thresholds, and what it refers to."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gonogo.catalog.control import Control, Reference, Threshold
from gonogo.catalog.problems import listed, nearest
from gonogo.facts import PARTS

AREAS = (
    "access",
    "agent-reliability",
    "agent-safety",
    "cost",
    "data",
    "decision",
    "infrastructure",
    "observability",
    "performance",
    "quality",
    "readiness",
    "reliability",
    "retrieval",
    "rollout",
    "security-input",
    "security-output",
)
"""The areas of the built-in catalogue, in file order; a team's controls live in areas of their own."""

KINDS = ("llm-app", "rag", "agent", "ml-model")
LARGEST = 1e15
"""Figures stay below it, so that every reader of our JSON reads them exactly."""

RUNNING = frozenset({"lab", "probe", "records", "eval", "load", "drill"})
"""Methods that watch something run; beside one of them, the scan of a critical control is support."""

_ID = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
_ITEM = re.compile(r"s\d\.[a-z]")
Broken = tuple[tuple[str | int, ...], str]


@dataclass(frozen=True)
class Known:
    """What a control may refer to. `items` is None where sources are not looked up."""

    evaluators: Collection[str]
    items: Collection[str] | None = None


def broken(control: Control, known: Known) -> Iterator[Broken]:
    """Yield (place within the control, message) for every rule that `control` breaks."""
    if not _ID.fullmatch(control.id):
        yield ("id",), f"{control.id!r} is not of the form area.name in lower case, digits and hyphens"
    if not control.question.endswith("?"):
        yield ("question",), "must end with a question mark"
    if len(control.title.split()) > 12:
        yield ("title",), "has more than 12 words"
    for position, kind in enumerate(control.kinds):
        if kind not in KINDS:
            yield ("kinds", position), f"{kind!r} is not {listed(KINDS)}{nearest(kind, KINDS)}"
    if not control.kinds:
        yield ("kinds",), "names no kind of system"
    yield from _proofs(control)
    yield from _references(control, known)
    methods = {proof.method for proof in control.proof}
    for name, threshold in control.threshold.items():
        for message in _threshold(name, threshold, methods):
            yield ("threshold", name), message


def _proofs(control: Control) -> Iterator[Broken]:
    roles = {proof.role for proof in control.proof}
    if not control.proof:
        yield ("proof",), "has no entry: a control that nothing proves is a wish"
    elif roles == {"support"}:
        yield ("proof",), "every proof is support: at least one must be required or an alternative"
    elif {"required", "alternative"} <= roles:
        yield ("proof",), "mixes required and alternative proofs; make each required, or each an alternative"
    runs = any(proof.method in RUNNING for proof in control.proof)
    for position, proof in enumerate(control.proof):
        if control.severity == "critical" and runs and proof.method == "scan" and proof.role != "support":
            yield ("proof", position, "role"), "the scan of a critical control that has a running proof is support"
        for part in proof.parts:
            if part not in PARTS:
                yield ("proof", position, "parts"), f"{part!r} is not {listed(PARTS)}{nearest(part, PARTS)}"


def _references(control: Control, known: Known) -> Iterator[Broken]:
    condition = control.applies_when
    if condition and condition.evaluator not in known.evaluators:
        hint = nearest(condition.evaluator, known.evaluators)
        yield ("applies_when", "evaluator"), f"there is no evaluator {condition.evaluator!r}{hint}"
    for position, source in enumerate(control.sources):
        if known.items is not None and _ITEM.match(source) and source not in known.items:
            yield ("sources", position), f"there is no checklist item {source!r}{nearest(source, known.items)}"
    if len(set(control.sources)) < len(control.sources):
        yield ("sources",), "names a source twice"


def _threshold(name: str, threshold: Threshold, methods: Collection[str]) -> Iterator[str]:
    if not name.isidentifier() or keyword.iskeyword(name) or name in ("read", "names"):
        yield "its name must be a Python identifier other than `read` and `names`: checks read it as limits.NAME"
    value, compare = threshold.value, threshold.compare
    if any(not _plain(entry) for entry in (value if isinstance(value, tuple) else (value,))):
        yield f"its figures must be finite and below {LARGEST:.0e}"
    if compare == "within" and not _is_range(value):
        yield "`within` takes [low, high], two numbers in order"
    elif compare == "all-of" and not isinstance(value, tuple):
        yield "`all-of` takes a list"
    elif compare in ("<", "<=", ">", ">=") and isinstance(value, (tuple, bool)):
        yield f"`{compare}` takes one value"
    if isinstance(value, Reference) and not re.fullmatch(r"[a-z_]+(\.[A-Za-z0-9_-]+)*", value.key):
        yield f"{value.key!r} is not a dotted key of gonogo.yaml"
    for method in threshold.read_by:
        if method not in methods:
            yield f"read_by names {method}, which is no proof of this control"
    if not threshold.read_by:
        yield "read_by is empty: a figure that no proof reads decides nothing"


def _plain(value: object) -> bool:
    return not isinstance(value, (int, float)) or abs(value) < LARGEST


def _is_range(value: object) -> bool:
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    low, high = value
    if isinstance(low, (str, bool)) or isinstance(high, (str, bool)):
        return False
    return bool(low <= high)
