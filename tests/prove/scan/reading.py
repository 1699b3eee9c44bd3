"""Write a small repository and read it, as the scan's tests do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from gonogo.facts import Fact, ModelCallSite, Setting, Subject
from gonogo.prove.base import Target
from gonogo.prove.scan import calls
from gonogo.prove.scan.tree import walk

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def written(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text).lstrip("\n"))
    return root


def target(root: Path) -> Target:
    return Target(root=root, subject=Subject(tree="sha256:0"), run="test", now=lambda: NOW)


def sites(root: Path, files: Mapping[str, str] | str) -> list[ModelCallSite]:
    """Return the call sites of a repository; one text is the file app.py."""
    written(root, {"app.py": files} if isinstance(files, str) else files)
    found: list[Fact] = list(calls.scan(walk(root), target(root)))
    return [f for f in found if isinstance(f, ModelCallSite)]


def site(root: Path, files: Mapping[str, str] | str) -> ModelCallSite:
    """Return the only call site."""
    found = sites(root, files)
    assert len(found) == 1, found
    return found[0]


def literal(value: str | float | bool | None) -> Setting:
    return Setting(value, "literal")


def constant(value: str | float | bool | None) -> Setting:
    return Setting(value, "constant")


UNSET = Setting()
DYNAMIC = Setting(None, "dynamic")
