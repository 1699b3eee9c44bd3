"""Names in gonogo.yaml: none twice, each reference to something that is declared, each control one that exists."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.facts.run import PARTS
from gonogo.system.document import Node
from gonogo.system.problems import Problems, nearest, shown

NAMED = {
    "environments": "name",
    "journeys": "name",
    "identities": "name",
    "providers": "name",
    "features": "name",
    "dependencies": "name",
    "objectives": "name",
    "data_stores": "name",
    "tools": "name",
    "indexes": "name",
    "predictions": "name",
    "datasets": "name",
    "owners": "name",
    "approvers": "name",
    "rota": "name",
    "contacts": "name",
    "not_applicable": "control",
    "policies": "environment",
}
"""Every list of named things, and the field that names its items."""

_REFERENCES = (
    ("journeys", "identity", "identities"),
    ("journeys", "feature", "features"),
    ("indexes", "store", "data_stores"),
    ("policies", "environment", "environments"),
)


def entries(root: Node, name: str) -> Iterator[tuple[str, Node]]:
    """Yield the items of a top-level list with their dotted keys."""
    node = root.map.get(name)
    for index, item in enumerate(node.items if node else ()):
        yield f"{name}.{index}", item


def text_of(node: Node, name: str) -> str | None:
    """Return the text under a key; None where it is missing or no text."""
    inner = node.map.get(name)
    return inner.text if inner else None


def check_names(root: Node, problems: Problems) -> None:
    """Note empty and duplicate names, references to nothing, and parts that do not exist."""
    _own_name(root, problems)
    for name, field in NAMED.items():
        _unique(root, name, field, problems)
    for name, field, target in _REFERENCES:
        _exists(root, name, field, target, problems)
    paths = root.map.get("paths")
    for part, node in paths.map.items() if paths else ():
        if part not in PARTS:
            problems.add(node.file, node.line, f"paths.{part}", f"is no part of a system{nearest(part, PARTS)}")


def _own_name(root: Node, problems: Problems) -> None:
    node = root.map.get("name")
    if (
        node
        and node.text is not None
        and (not node.text.strip() or len(node.text) > 100 or not node.text.isprintable())
    ):
        problems.add(node.file, node.line, "name", "1 to 100 characters in one line are wanted")


def _unique(root: Node, name: str, field: str, problems: Problems) -> None:
    seen: dict[str, Node] = {}
    for key, item in entries(root, name):
        inner = item.map.get(field)
        if inner is None or inner.text is None:
            continue
        if not inner.text.strip():
            problems.add(inner.file, inner.line, f"{key}.{field}", "is empty")
        first = seen.setdefault(inner.text, inner)
        if first is not inner:
            text = (
                f"{shown(inner.text)} stands in {name} twice; the first is in line {first.line}; rename or remove one"
            )
            problems.add(inner.file, inner.line, f"{key}.{field}", text)


def _exists(root: Node, name: str, field: str, target: str, problems: Problems) -> None:
    known = [n for _, item in entries(root, target) if (n := text_of(item, NAMED[target])) is not None]
    for key, item in entries(root, name):
        wanted = text_of(item, field)
        if wanted is not None and wanted not in known:
            node = item.map[field]
            mend = nearest(wanted, known) if known else f"; add it under `{target}:`"
            problems.add(node.file, node.line, f"{key}.{field}", f"{shown(wanted)} is not declared in {target}{mend}")
