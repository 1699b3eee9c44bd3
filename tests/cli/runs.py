"""Running the real command line in a process of its own, and small repositories to run it on."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gonogo.cli import main

ENTRY = [str(Path(sys.executable).with_name("gonogo"))]
TIMEOUT_S = 60
"""No verb may hang; this is far beyond what any of these repositories takes."""

SETTINGS = """\
name: desk
kinds: [llm-app]
environments:
  - name: local
    url: http://127.0.0.1:9
    disposable: true
"""
APP = """\
from openai import OpenAI

client = OpenAI(timeout=20)


def answer(question: str) -> str:
    reply = client.chat.completions.create(
        model="gpt-4o-2024-11-20", max_tokens=300, messages=[{"role": "user", "content": question}]
    )
    return reply.choices[0].message.content
"""


@dataclass(frozen=True)
class Ran:
    """One run: its exit code, and what it wrote."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output; fails where there is anything else."""
        found: dict[str, Any] = json.loads(self.output)
        assert found["schema"] == "gonogo/assessment/1"
        return found

    def calm(self) -> Ran:
        """Hold that nothing crashed: a known exit code, no traceback, and a sentence where something is wrong."""
        told = f"exit code {self.code}\n{self.output[-2000:]}\n{self.errors[-3000:]}"
        assert "Traceback" not in self.output + self.errors, told
        assert "gonogo itself failed" not in self.errors, told
        assert "Warning" not in self.errors, told
        assert self.code in (0, 1, 2), told
        assert self.code != 2 or self.errors.startswith("gonogo: ") or "Usage" in self.errors, told
        return self


def environment(**changes: str | None) -> dict[str, str]:
    """Return the environment of a run: this process's own, with `changes` (None takes a variable away)."""
    found = {k: v for k, v in os.environ.items() if k != "GONOGO_TRACE" and not k.startswith(("PYTHON", "COV"))}
    for key, value in changes.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found


def gonogo(
    *arguments: str | bytes,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    limit: Callable[[], None] | None = None,
) -> Ran:
    """Run the installed command; `limit` runs in the child first."""
    settings = dict(env or environment())
    if limit is not None:  # Python and the secret scanner would leave half files in caches that others use
        settings |= {"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(cwd.parent / "cache")}
    done = subprocess.run(
        [*ENTRY, *arguments], cwd=cwd, env=settings, capture_output=True,
        timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, preexec_fn=limit,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def within(*arguments: str, cwd: Path) -> Ran:
    """Run the command line in this process: the same code without the time that starting Python takes."""

    def hung(*_: object) -> None:
        raise AssertionError(f"`gonogo {' '.join(arguments)}` hangs")

    output, errors, before = io.StringIO(), io.StringIO(), Path.cwd()
    old = signal.signal(signal.SIGALRM, hung)
    signal.alarm(TIMEOUT_S)
    os.chdir(cwd)
    try:
        with redirect_stdout(output), redirect_stderr(errors):
            code = main(list(arguments))
    finally:
        os.chdir(before)
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)
    return Ran(code, output.getvalue(), errors.getvalue())


def lay(root: Path, files: Mapping[str, str] | None = None) -> Path:
    """Write a small app with its gonogo.yaml, or the given files."""
    for path, text in (files if files is not None else {"gonogo.yaml": SETTINGS, "app.py": APP}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git as an author."""
    who = ["-c", "user.name=author", "-c", "user.email=author@example.org", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def committed(root: Path, files: Mapping[str, str] | None = None) -> Path:
    """Lay files into a git repository and commit them on `main`."""
    root.mkdir(parents=True, exist_ok=True)
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    lay(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "State")
    return root
