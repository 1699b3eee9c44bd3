from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gonogo.facts import Subject
from gonogo.prove.base import Target
from gonogo.prove.scan.tree import walk

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
Read = Callable[[str, Mapping[str, str]], list[Any]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write files into a directory, run one scanner over them, return its facts."""

    def reading(scanner: str, files: Mapping[str, str]) -> list[Any]:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        target = Target(root=tmp_path, subject=Subject(tree=""), run="r", now=lambda: NOW)
        return list(import_module(f"gonogo.prove.scan.{scanner}").scan(walk(tmp_path), target))

    return reading
