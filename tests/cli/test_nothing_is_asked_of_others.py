"""No verb talks to the network unasked, and none executes anything of the repository that it reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runs import TIMEOUT_S, committed, environment, git, gonogo

ALONE = ("unshare", "-n")
"""A network namespace of its own, in which not even the loopback interface is up."""


def namespaces() -> bool:
    return subprocess.run([*ALONE, "true"], capture_output=True, timeout=60).returncode == 0


REFUSE = """\
import socket, sys

def refused(event, args):
    if event.startswith("socket.") and event != "socket.gethostname":
        to_others = event in ("socket.connect", "socket.bind", "socket.sendto")
        family = getattr(args[0], "family", None) if to_others else None
        if family in (socket.AF_INET, socket.AF_INET6) or event in ("socket.getaddrinfo", "socket.gethostbyname"):
            print("NETWORK", event, args[1:], file=sys.stderr, flush=True)
            raise OSError("no network here")

sys.addaudithook(refused)
from gonogo.cli import main
sys.exit(main())
"""


def test_no_verb_needs_or_asks_the_network(tmp_path: Path) -> None:
    root = committed(tmp_path / "desk")
    env = environment()
    assert gonogo("key", "new", cwd=root, env=env).code == 0
    isolated = namespaces()
    if not isolated:
        print("no network namespaces here: sockets are watched by Python's audit hook alone")
    before = [*ALONE, sys.executable] if isolated else [sys.executable]
    verbs = {
        "check -f json": 1, "init --stdout": 0, "scan": 0, "gate": 1, "verify decision.json": 0, "catalog list": 0,
    }  # fmt: skip
    for verb, code in verbs.items():
        done = subprocess.run(
            [*before, "-c", REFUSE, *verb.split()], cwd=root, env=env, capture_output=True, text=True,
            timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == code, (verb, done.stderr)
        assert "NETWORK" not in done.stderr, (verb, done.stderr)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A repository in which everything that anything could execute writes into the file `ran`."""
    root = committed(tmp_path / "trap")
    mark = tmp_path / "ran"
    python = f"open({str(mark)!r}, 'a').write(__file__ + '\\n')\n"
    names = ("conftest", "setup", "sitecustomize", "usercustomize", "yaml", "typer", "msgspec", "rich", "re2", "gonogo")
    for name in names:
        (root / f"{name}.py").write_text(python)
    for package in ("app", "platformdirs", "kingfisher"):
        (root / package).mkdir()
        (root / package / "__init__.py").write_text(python)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "trap"\n[project.entry-points."gonogo.collectors"]\ntrap = "app:Trap"\n'
        '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n'
    )
    info = root / "trap-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trap\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gonogo.collectors]\ntrap = app:Trap\n[gonogo.checks]\ntrap = app\n")
    script = f'#!/bin/sh\necho "$0" >> {mark}\ncat 2>/dev/null\nexit 0\n'
    for name in ("git", "sh", "uv", "pip", "python", "hook", ".git/hooks/post-index-change"):
        place = root / name
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_text(script)
        place.chmod(0o755)
    (root / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\n* text=auto\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Trap")
    hook = str(root / "hook")
    for key in (
        "core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
        "diff.evil.command", "diff.external", "core.pager", "core.sshCommand", "gpg.program", "core.editor",
        "credential.helper", "core.gitProxy", "uploadpack.packObjectsHook",
    ):  # fmt: skip
        git(root, "config", key, hook)
    git(root, "config", "filter.evil.required", "true")
    git(root, "config", "log.showSignature", "true")
    git(root, "config", "core.hooksPath", str(root / ".git" / "hooks"))
    (root / "app.py").write_text((root / "app.py").read_text() + "\n# changed\n")
    mark.unlink(missing_ok=True)
    return root


@pytest.mark.parametrize("search", ["usual", ".", ""], ids=["usual-path", "dot-in-path", "empty-in-path"])
def test_nothing_of_the_repository_is_executed(trap: Path, search: str) -> None:
    path = os.environ["PATH"] if search == "usual" else f"{search}:{os.environ['PATH']}"
    env = environment(PATH=path, PYTHONDONTWRITEBYTECODE="1")
    for verb in ("check -f json", "check -f json --compare HEAD", "init --stdout", "scan"):
        ran = gonogo(*verb.split(), cwd=trap, env=env).calm()
        assert ran.code in (0, 1), ran
        mark = trap.parent / "ran"
        assert not mark.exists(), f"{verb}: {mark.read_text()}"
        if search != "usual":
            break


def test_the_version_costs_no_heavy_import() -> None:
    script = "import sys; from gonogo.cli import main; sys.exit(main(['--version']))"
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert shown.returncode == 0 and shown.stdout.startswith("gonogo ")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in shown.stderr.splitlines()}
    heavy = {"typer", "click", "rich", "msgspec", "pydantic", "yaml", "cryptography", "duckdb", "asyncio", "subprocess"}
    assert not loaded & heavy
    assert "gonogo" in loaded
