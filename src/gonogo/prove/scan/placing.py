"""What every fact of a scan says about where and when it was seen."""

from __future__ import annotations

from typing import Any

from gonogo.prove.base import Target
from gonogo.prove.scan.python_project import Project
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import Tree


def seen(target: Target, path: str, line: int | None = None) -> dict[str, Any]:
    """Return the fields that place a fact."""
    return {"seen_at": target.now(), "run": target.run, "path": path, "line": line}


def values_of(tree: Tree) -> Values:
    """Return the resolver of the tree's Python files, made once per tree."""
    kept: dict[str, Any] = vars(tree)
    if "_shared_values" not in kept:
        kept["_shared_values"] = Values(Project(tree))
    found: Values = kept["_shared_values"]
    return found
