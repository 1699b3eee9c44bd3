"""`gonogo check` on repositories of every odd form: no crash, no hang, one JSON document, a right exit code."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.runs import APP, SETTINGS, Ran, committed, git, lay, within


def check(root: Path, *arguments: str) -> Ran:
    return within("check", "--format", "json", *arguments, cwd=root).calm()


def empty(root: Path) -> Path:
    return root


def without_git(root: Path) -> Path:
    return lay(root)


def without_commits(root: Path) -> Path:
    git(root, "init", "-q")
    return lay(root)


def binary_only(root: Path) -> Path:
    for name in ("model.bin", "logo.png", "app.py", "data"):
        (root / name).write_bytes(bytes(range(256)) * 300)
    return root


def broken_syntax(root: Path) -> Path:
    broken = {
        "app.py": "def answer(:\n  pass\n\x0c}}", "deep.py": "(" * 20_000, "more.py": "x = " + "-" * 90_000 + "1",
        "package.json": "{", "pyproject.toml": "[project\nname = 3", "requirements.txt": "===\n\x00openai\n-r none.txt",
        "Dockerfile": "FROM\nRUN \\", "compose.yaml": "a: [\n- b: {", "uv.lock": "[[", "notes.ipynb": '{"cells": 3}',
        "docs/runbook.md": "# \n## \n", "app.ts": "function ((((", "other.ipynb": "[", "poetry.lock": "\x00",
    }  # fmt: skip
    return lay(root, broken)


def broken_git(root: Path) -> Path:
    committed(root)
    (root / ".git" / "HEAD").write_bytes(b"\xff\x00 no head")
    return root


def git_file_to_nowhere(root: Path) -> Path:
    (root / ".git").write_text("gitdir: /nowhere/at/all\n")
    return lay(root)


def broken_objects(root: Path) -> Path:
    committed(root)
    for found in (root / ".git" / "objects").rglob("*"):
        if found.is_file():
            found.chmod(0o644)
            found.write_bytes(b"rubbish")
    return root


def broken_index(root: Path) -> Path:
    committed(root)
    (root / ".git" / "index").write_bytes(b"DIRC rubbish")
    return root


def shallow_clone(root: Path) -> Path:
    origin = root.parent / "origin"
    committed(origin)
    committed(origin, {"more.py": "x = 1\n"})
    git(root.parent, "clone", "-q", "--depth", "1", f"file://{origin}", str(root))
    return root


def bare_repository(root: Path) -> Path:
    origin = committed(root.parent / "origin")
    git(root.parent, "clone", "-q", "--bare", str(origin), str(root))
    return root


def with_submodule(root: Path) -> Path:
    library = committed(root.parent / "library", {"lib.py": APP})
    committed(root)
    git(root, "submodule", "add", "-q", str(library), "lib")
    git(root, "commit", "-qm", "Add the library")
    return root


def detached(root: Path) -> Path:
    committed(root)
    committed(root, {"more.py": "x = 1\n"})
    git(root, "checkout", "-q", "--detach", "HEAD~1")
    return root


def merging(root: Path) -> Path:
    committed(root)
    git(root, "switch", "-qc", "other")
    committed(root, {"app.py": "x = 1\n"})
    git(root, "switch", "-q", "main")
    committed(root, {"app.py": "x = 2\n"})
    with pytest.raises(AssertionError):
        git(root, "merge", "-q", "other")
    assert "<<<<<<<" in (root / "app.py").read_text()
    return root


def others_repository(root: Path) -> Path:
    committed(root)
    if os.geteuid() == 0:
        for found in [root, *root.rglob("*")]:
            os.chown(found, 54321, 54321, follow_symlinks=False)
    return root


def linked_work_tree(root: Path) -> Path:
    origin = committed(root.parent / "origin")
    shutil.rmtree(root, ignore_errors=True)
    git(origin, "worktree", "add", "-q", "-b", "side", str(root))
    return root


FORMS = [
    empty, without_git, without_commits, binary_only, broken_syntax, broken_git, git_file_to_nowhere, broken_objects,
    broken_index, shallow_clone, bare_repository, with_submodule, detached, merging, others_repository,
    linked_work_tree,
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.__name__)
def test_every_form_of_repository_gets_its_one_json_document(form: Callable[[Path], Path], tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    ran = check(form(root))
    assert ran.code == 1
    assert ran.document["decision"]["verdict"] == "NO-GO"


def test_what_is_no_repository_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in ("nowhere", "file"):
        ran = within("check", path, "--format", "json", cwd=tmp_path).calm()
        assert (ran.code, ran.output) == (2, "")
        assert path in ran.errors


def zoo(root: Path) -> None:
    """Lay every odd kind of file."""
    names = [
        b"two\nlines.py",
        b"not-utf8-\xff\xfe.py",
        b"n" * 252 + b".py",
        b"\x1b]0;owned\x07\x1b[31mred.py",
        b"-rf.py",
    ]
    for name in [*names, "rtl-\u202egnp.py".encode(), b" .py", b"'\"`$(touch owned).py", b"Dockerfile\n"]:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text(APP)
    deep = root
    for _ in range(60):
        deep = deep / "abcdefghijklmnopqrstuvwxyz0123456789"
    deep.mkdir(parents=True)
    (deep / "deep.py").write_text(APP)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    (root / "runbook.md").symlink_to("/dev/zero")
    (root / "uv.lock").symlink_to("/etc/passwd")
    for name in ("pipe.py", "requirements.txt", "Dockerfile", "pyproject.toml", ".gitignore.py", "package.json"):
        os.mkfifo(root / name)
    with (root / "huge.py").open("wb") as file:
        file.truncate(6 << 40)
    with (root / "big.json").open("wb") as file:
        file.write(b'{"a": "' + b"x" * (3 << 20))
    (root / "zero.py").touch()
    (root / "secret.py").write_text("x = 1\n")
    (root / "secret.py").chmod(0)
    here = Path.cwd()
    os.chdir(root)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.py")
    finally:
        os.chdir(here)
    if os.geteuid() == 0:
        try:
            os.mknod(root / "device.py", 0o20666, os.makedev(1, 5))  # /dev/zero
        except OSError as refused:
            print(f"no device file among the odd ones: {refused}")


@pytest.mark.parametrize("with_git", [False, True], ids=["without-git", "with-git"])
def test_odd_files_neither_stop_nor_fool_a_check(with_git: bool, tmp_path: Path) -> None:
    root = tmp_path / "zoo"
    root.mkdir()
    zoo(root)
    if with_git:
        git(root, "init", "-q")
    lay(root, {"gonogo.yaml": SETTINGS, "app.py": APP})
    ran = check(root)
    calls = [e["path"] for f in ran.document["findings"] for e in f["evidence"] if e["path"]]
    assert ran.document["facts"]["model_call_site"] >= 10, calls
    assert "\x1b" not in ran.output + ran.errors
    shown = within("check", "--all", cwd=root).calm()
    assert shown.code == 1
    assert "\x1b]0" not in shown.output and "\u202e" not in shown.output
    assert not (root / "owned").exists()
    assert within("scan", cwd=root).calm().code == 0


@pytest.mark.parametrize("place", [".gonogo", "gonogo", "gonogo/statements", "gonogo/controls"])
@pytest.mark.parametrize("kind", ["file", "pipe", "loop"])
def test_our_own_places_may_be_anything(place: str, kind: str, tmp_path: Path) -> None:
    lay(tmp_path)
    odd = tmp_path / place
    odd.parent.mkdir(exist_ok=True)
    if kind == "file":
        odd.write_text("x")
    elif kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to(odd.name)
    ran = check(tmp_path)
    assert ran.code == 2 or ran.document["decision"]["verdict"] == "NO-GO"


def test_odd_files_where_statements_and_controls_lie_do_not_stop_a_check(tmp_path: Path) -> None:
    lay(tmp_path)
    for directory, suffix in (("statements", ".json"), ("controls", ".yaml")):
        there = tmp_path / "gonogo" / directory
        there.mkdir(parents=True)
        os.mkfifo(there / f"pipe{suffix}")
        (there / f"directory{suffix}").mkdir()
        (there / f"zero{suffix}").symlink_to("/dev/zero")
        (there / f"gone{suffix}").symlink_to("nowhere")
    ran = check(tmp_path)
    assert ran.code in (1, 2)
    if ran.code == 2:
        assert "gonogo/controls/" in ran.errors
