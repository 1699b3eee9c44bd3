from __future__ import annotations

import random
import string
import subprocess
from pathlib import Path

import pytest

from gonogo.facts import Fact, HardcodedSecret, SecretScan, Subject, encode
from gonogo.prove.base import Target
from gonogo.prove.scan import history, kingfisher, secrets
from gonogo.prove.scan.tree import walk

LETTERS = string.ascii_letters + string.digits


def key(seed: int) -> str:
    source = random.Random(seed)
    return "gh" + "p_" + "".join(source.choice(LETTERS) for _ in range(36))


def run(root: Path, *args: str) -> None:
    who = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
    subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)


def commit(root: Path, files: dict[str, str | None]) -> None:
    if not (root / ".git").exists():
        run(root, "init", "-q", "-b", "main")
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            place.unlink()
        else:
            place.write_text(content)
    run(root, "add", "-A", "-f")
    run(root, "commit", "-q", "-m", "change")


def facts(root: Path) -> tuple[list[HardcodedSecret], SecretScan, Target]:
    target = Target(root=root, subject=Subject(tree=""), run="r")
    found: list[Fact] = list(secrets.scan(walk(root), target))
    scans = [f for f in found if isinstance(f, SecretScan)]
    return [f for f in found if isinstance(f, HardcodedSecret)], scans[0], target


def test_secrets_are_found_in_tree_notebook_bundle_and_history_with_their_places(tmp_path: Path) -> None:
    commit(tmp_path, {"app/old.py": f"a = 1\nTOKEN = '{key(1)}'\n", "README.md": "x\n"})
    commit(tmp_path, {"app/old.py": None})
    commit(
        tmp_path,
        {
            "app/main.py": f"\n\nTOKEN = '{key(2)}'\n",
            "work.ipynb": '{"cells": [{"cell_type": "code",\n "source": ["k = \\"' + key(3) + '\\"\\n"]}]}',
            "dist/app.min.js": "var a=1;" * 3000 + f'var k="{key(4)}";',
            "tests/test_app.py": f"TOKEN = '{key(5)}'\n",
        },
    )
    found, scan, target = facts(tmp_path)
    places = {(f.path, f.line, f.commit is not None, f.in_tests) for f in found}
    assert places == {
        ("app/main.py", 3, False, False),
        ("work.ipynb", 2, False, False),
        ("dist/app.min.js", 1, False, False),
        ("tests/test_app.py", 1, False, True),
        ("app/old.py", 2, True, False),
    }
    assert (scan.history, scan.commits) == ("full", 3)
    assert scan.canaries and all(scan.canaries.values()), scan.canaries
    assert scan.scanners == ("gonogo", "kingfisher")
    assert target.problems == []


def test_no_fact_holds_a_secret(tmp_path: Path) -> None:
    commit(tmp_path, {"a.py": f"TOKEN = '{key(1)}'\n"})
    found, scan, target = facts(tmp_path)
    written = b"".join(encode(f) for f in [*found, scan]).decode() + "".join(target.problems)
    assert len(found) == 1
    assert key(1) not in written and key(1)[6:] not in written


def test_a_secret_still_in_the_tree_is_not_told_again_from_history(tmp_path: Path) -> None:
    commit(tmp_path, {"a.py": f"TOKEN = '{key(1)}'\n"})
    commit(tmp_path, {"a.py": f"# comment\nTOKEN = '{key(1)}'\n"})
    found, _, _ = facts(tmp_path)
    assert [(f.path, f.line, f.commit) for f in found] == [("a.py", 2, None)]


def test_a_secret_that_only_a_merge_brought_in_is_found(tmp_path: Path) -> None:
    commit(tmp_path, {"a.py": "one\n"})
    run(tmp_path, "checkout", "-q", "-b", "side")
    commit(tmp_path, {"a.py": "two\n"})
    run(tmp_path, "checkout", "-q", "main")
    commit(tmp_path, {"a.py": "three\n"})
    subprocess.run(["git", "merge", "side"], cwd=tmp_path, capture_output=True, check=False)
    commit(tmp_path, {"a.py": f"TOKEN = '{key(9)}'\n"})
    commit(tmp_path, {"a.py": "clean\n"})
    found, _, _ = facts(tmp_path)
    assert [(f.path, f.line, f.commit is not None) for f in found] == [("a.py", 1, True)]


def test_without_git_the_history_is_none_and_the_tree_is_searched(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"TOKEN = '{key(1)}'\n")
    found, scan, _ = facts(tmp_path)
    assert len(found) == 1
    assert (scan.history, scan.commits) == ("none", 0)


def test_a_shallow_clone_is_told(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    commit(origin, {"a.py": "1"})
    commit(origin, {"a.py": "2"})
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", "copy")
    assert facts(tmp_path / "copy")[1].history == "shallow"


def test_a_history_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(tmp_path, {"a.py": "x = 1\n" * 1000})
    monkeypatch.setattr(history, "MAX_BYTES", 500)
    _, scan, target = facts(tmp_path)
    assert scan.history == "partial"
    assert "too long" in target.problems[0]


def test_without_kingfisher_our_rules_still_search_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path, {"a.py": f"TOKEN = '{key(1)}'\n"})
    monkeypatch.setattr(kingfisher, "find_spec", _nothing)
    found, scan, target = facts(tmp_path)
    assert len(found) == 1
    assert scan.scanners == ("gonogo",) and all(scan.canaries.values())
    assert "kingfisher is not installed" in target.problems[0]


def test_rules_that_no_longer_find_a_canary_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")

    monkeypatch.setattr(secrets.secrets, "find", _nothing_found)
    assert not any(facts(tmp_path)[1].canaries.values())


def test_programs_that_the_repository_names_are_not_run(tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    root = tmp_path / "app"
    root.mkdir()
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho ran >> {canary}\ncat\n")
    program.chmod(0o755)
    commit(root, {"a.py": "x", ".gitattributes": "* filter=x diff=x\n"})
    commit(root, {"a.py": "y"})
    for name in ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "filter.x.clean"):
        run(root, "config", name, str(program))
    facts(root)
    assert not canary.exists()


def _nothing(_: str) -> None:
    return None


def _nothing_found(_: str) -> list[object]:
    return []
