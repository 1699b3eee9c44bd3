"""Read a repository and say what is in it. Nothing of it is executed, imported or installed."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import Event, Thread
from typing import ClassVar

from gonogo.errors import CollectError
from gonogo.facts import Fact, Method, UnreadableFile
from gonogo.prove.base import Target
from gonogo.prove.scan.overview import overview
from gonogo.prove.scan.tree import Tree, in_tests, walk

SCANNERS = (
    "calls",
    "references",
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

ASIDE = ("secrets",)
"""Scanners that mostly wait for other programs: they run beside the others, and their facts come last."""


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
        with _rare_collections(), Aside([n for n in ASIDE if n not in target.without], tree, target) as aside:
            yield overview(tree, target)
            for name in SCANNERS:
                if name not in target.without:
                    target.tell(f"looking for {name}")
                    yield from run(name, tree, target)
            target.tell("waiting for the search for secrets")
            yield from aside.facts()
        yield from _unreadable(tree, target)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for unused memory less often while the block runs: millions of nodes of syntax trees live through all of it,
    and going through them every few thousand new ones took a fifth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 50_000), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Aside:
    """Scanners that run in a thread of their own while the block runs; leaving it early stops them."""

    def __init__(self, names: Sequence[str], tree: Tree, target: Target) -> None:
        """Prepare `names`, each with its own list of problems."""
        self._target, self._stop, self._found = target, Event(), list[Fact]()
        self._own = dataclasses.replace(target, tell=self._told, problems=[])
        self._thread = Thread(target=self._look, args=(names, tree), name="gonogo-scan", daemon=True)

    def __enter__(self) -> Aside:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop at the next step where it was not waited for: nothing of a search may be left behind on the disk."""
        self._stop.set()
        self._thread.join()

    def facts(self) -> list[Fact]:
        """Wait, and return what was seen."""
        self._thread.join()
        self._target.problems.extend(self._own.problems)
        return self._found

    def _told(self, _: str) -> None:
        if self._stop.is_set():
            raise CollectError("stopped")

    def _look(self, names: Sequence[str], tree: Tree) -> None:
        for name in names:
            self._found.extend(run(name, tree, self._own))


def run(name: str, tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield what one scanner sees; where it breaks, a problem says so."""
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
