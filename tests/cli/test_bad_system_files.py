"""`gonogo check` on a gonogo.yaml that is wrong: exit 2, everything that is wrong at once, and no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.runs import APP, Ran, committed, lay, within

WRONG = {
    "not yaml": ("name: [desk\nkinds: }", ["gonogo.yaml:"]),
    "tabs": ("name: desk\n\tkinds: [rag]\n", ["gonogo.yaml:2"]),
    "a list": ("- name: desk\n", ["gonogo.yaml:1"]),
    "a word": ("desk", ["gonogo.yaml:1"]),
    "empty": ("", ["gonogo.yaml"]),
    "only a remark": ("# desk\n", ["gonogo.yaml"]),
    "unknown key": ("name: desk\nkind: [rag]\njourney: []\n", [":2: kind", "kinds", ":3: journey", "journeys"]),
    "wrong types": ("name: 3\nkinds: rag\nbudgets: {monthly_usd: many}\n", ["name", "kinds", "budgets.monthly_usd"]),
    "twice": (
        "name: desk\nname: other\nenvironments:\n  - {name: a}\n  - {name: a}\n", [":2", "environments"],
    ),
    "unknown kind": ("name: desk\nkinds: [llmapp]\n", ["llm-app"]),
    "a bomb": ("a: &a [1,1,1]\nb: &b [*a,*a,*a]\nname: [*b,*b]\n", ["gonogo.yaml:"]),
    "a tag": ("name: !!python/object/apply:os.system ['touch owned']\n", ["gonogo.yaml:1"]),
    "deep": ("name: desk\nkinds: " + "[" * 5000 + "]" * 5000 + "\n", ["gonogo.yaml"]),
    "a secret": ("name: desk\nservice: {environment: {K: sk-proj-" + "aB3dE5fG7h" * 5 + "}}\n", ["secret"]),
    "extends nowhere": ("name: desk\nextends: ../../../etc/passwd\n", ["extends"]),
    "a loop": ("name: desk\nextends: gonogo.yaml\n", ["extends"]),
    "control characters": ("name: \"\\e[31mdesk\\x07\"\nkinds: [\"\\e]0;x\\x07\"]\n", ["kinds"]),
    "escape in a key": ("name: desk\n\"\\e[31mkinds\": [rag]\n", ["gonogo.yaml:2"]),
    "override of nothing": ("name: desk\nthresholds: {access.none: {x: 3}}\n", ["access.none"]),
}  # fmt: skip


def refused(root: Path) -> Ran:
    ran = within("check", "--format", "json", cwd=root).calm()
    assert (ran.code, ran.output) == (2, ""), ran
    assert "\x1b" not in ran.errors and "\x07" not in ran.errors
    assert not (root / ".gonogo").exists()
    assert not (root / "owned").exists()
    return ran


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    text, words = WRONG[name]
    told = refused(lay(tmp_path, {"gonogo.yaml": text, "app.py": APP})).errors
    for word in words:
        assert word in told, told
    assert "aB3dE5fG7haB3dE5fG7h" not in told


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    for content in (b"\xff\xfename: desk", b"name: \x00desk\n", b"name: caf\xe9\n", os.urandom(5000)):
        (tmp_path / "gonogo.yaml").write_bytes(content)
        refused(tmp_path)


def five_megabytes(file: Path) -> None:
    file.write_text("name: desk\n" + "# remark\n" * 600_000)


def directory(file: Path) -> None:
    file.mkdir()


def pipe(file: Path) -> None:
    os.mkfifo(file)


def link_out(file: Path) -> None:
    (file.parent.parent / "elsewhere.yaml").write_text("name: elsewhere\n")
    file.symlink_to("../elsewhere.yaml")


def link_to_nothing(file: Path) -> None:
    file.symlink_to("nothing.yaml")


def link_to_itself(file: Path) -> None:
    file.symlink_to(file.name)


def endless(file: Path) -> None:
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "make", [five_megabytes, directory, pipe, link_out, link_to_nothing, link_to_itself, endless],
    ids=lambda f: f.__name__,
)  # fmt: skip
@pytest.mark.parametrize("with_git", [False, True], ids=["without-git", "with-git"])
def test_what_is_no_plain_file_is_refused_and_never_waited_for(
    make: Callable[[Path], None], with_git: bool, tmp_path: Path
) -> None:
    root = tmp_path / "desk"
    root.mkdir()
    if with_git:
        committed(root, {"app.py": APP})
    make(root / "gonogo.yaml")
    assert "gonogo.yaml" in refused(root).errors


def test_two_systems_and_none_named_is_a_question_with_its_answer(tmp_path: Path) -> None:
    lay(tmp_path, {"gonogo.yaml": "systems:\n  - {name: front, path: front}\n  - {name: back, path: back}\n"})
    told = refused(tmp_path).errors
    assert "front" in told and "back" in told and "--system" in told
    assert "front" in within("check", "--system", "frnt", cwd=tmp_path).calm().errors


@pytest.mark.parametrize("arguments", [
    ["--env", "nowhere"], ["--profile", "nothing"], ["--base", "no-such"], ["--base", "--output=x"],
    ["--policy", "none.yaml"], ["--evidence", "none"], ["--compare", "no-such"], ["--system", "other"],
    ["--output", "no/such/place.json"], ["--format", "pdf"], ["--nothing"],
])  # fmt: skip
def test_a_wrong_word_on_the_command_line_is_refused(arguments: list[str], tmp_path: Path) -> None:
    committed(tmp_path / "desk")
    ran = within("check", "-f", "json", *arguments, cwd=tmp_path / "desk").calm()
    assert (ran.code, ran.output) == (2, ""), ran
    assert "\x1b" not in ran.errors
