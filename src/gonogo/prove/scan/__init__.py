"""Read a repository and say what is in it. Nothing of it is executed, imported or installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import ClassVar

from gonogo.errors import CollectError
from gonogo.facts import Fact, Method, UnreadableFile
from gonogo.prove.base import Target
from gonogo.prove.scan.overview import overview
from gonogo.prove.scan.tree import Tree, in_tests, walk

SCANNERS = (
    "calls",
    "references",
    "secrets",
    "lockfiles",
    "containers",
    "routes",
    "health",
    "rate_limits",
    "cors",
    "documents",
    "environment",
    "stores",
    "tools",
    "transport",
    "traits",
    "start",
)
"""Modules of this package, in the order they run; each has `scan(tree, target)`, which yields facts."""


class Scan:
    """The collector of the method `scan`."""

    method: ClassVar[Method] = "scan"
    name: ClassVar[str] = "scan"

    def collect(self, target: Target) -> Iterator[Fact]:
        """Read the tree once and run every scanner over it; one that breaks costs only its own facts.

        Raises `CollectError` when the root is no directory.
        """
        if not target.root.is_dir():
            raise CollectError(f"{target.root} is not a directory", mend="give the directory of the repository")
        target.tell("reading files")
        tree = walk(target.root, target.declaration.system.exclude if target.declaration else ())
        yield overview(tree, target)
        for name in SCANNERS:
            target.tell(f"looking for {name}")
            yield from _run(name, tree, target)
        yield from _unreadable(tree, target)


def _run(name: str, tree: Tree, target: Target) -> Iterator[Fact]:
    try:
        module = import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as e:
        if e.name != f"{__name__}.{name}":
            target.problems.append(f"the scanner for {name} could not be loaded: {e}")
        return
    try:
        yield from module.scan(tree, target)
    except Exception as e:  # a scanner meets hostile input; the others must still look
        target.problems.append(f"the scanner for {name} stopped: {type(e).__name__}: {e}")


def _unreadable(tree: Tree, target: Target) -> Iterator[Fact]:
    found = tree.unreadable + [(f.path, f.broken) for f in tree.files if f.broken]
    for path, reason in sorted(found):
        yield UnreadableFile(seen_at=target.now(), run=target.run, path=path, reason=reason, in_tests=in_tests(path))
