"""Repositories for these tests: real directories, real git."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

KEY = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER_KEY = "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


class Repository:
    """A git repository in a temporary directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main", ".")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=author", "-c", "user.email=author@example.org", "-c", "commit.gpgSign=false")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, check=True, capture_output=True, text=True, timeout=20
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def commit(self, message: str = "change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def declare(tmp_path: Path) -> Callable[[str], Path]:
    """Write a gonogo.yaml into a directory without git, and return that directory."""

    def write(text: str | bytes) -> Path:
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "gonogo.yaml").write_bytes(data)
        return tmp_path

    return write
