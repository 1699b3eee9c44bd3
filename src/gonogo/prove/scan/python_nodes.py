"""Go through a Python syntax tree fast: each file's nodes are listed once for all scanners."""

from __future__ import annotations

import ast
from typing import Any

_LEAVES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "level", "module", "type_comment", "kind", "conversion", "simple", "is_async"}
    | {"type_ignores"}
)
"""Fields that hold no node, or one that is the same object everywhere in the tree (a context, an operator)."""
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below `node` in source order, contexts and operators left out."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS.setdefault(kind, tuple(name for name in kind._fields if name not in _LEAVES))
    found: list[ast.AST] = []
    for name in fields:
        value: Any = getattr(node, name, None)
        if isinstance(value, list):
            found += [entry for entry in value if isinstance(entry, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """Return `node` and all nodes below it, level by level as `ast.walk` gives them."""
    found = [node]
    for each in found:
        found += children(each)
    return found


class Nodes:
    """All nodes of one tree by class."""

    def __init__(self, tree: ast.AST) -> None:
        """List the nodes of `tree`."""
        self._by_class: dict[type[ast.AST], list[tuple[int, ast.AST]]] = {}
        for position, node in enumerate(walk(tree)):
            self._by_class.setdefault(type(node), []).append((position, node))

    def of(self, *classes: type[ast.AST]) -> list[Any]:
        """Return the nodes of exactly these classes in the order of `walk`."""
        found = [pair for each in classes for pair in self._by_class.get(each, ())]
        if len(classes) > 1:
            found.sort(key=lambda pair: pair[0])
        return [node for _, node in found]
