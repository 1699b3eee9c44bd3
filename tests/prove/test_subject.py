from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gonogo.errors import UsageError
from gonogo.facts import PARTS, Declaration, System
from gonogo.prove.base import utc_now
from gonogo.prove.subject import files_of, subject_of

FILES = {
    "code": "app/main.py",
    "prompts": "app/prompts/answer.txt",
    "models": "serving/routes.txt",
    "tools": "tools/search.json",
    "index": "index/mapping.json",
    "dependencies": "requirements.txt",
    "infrastructure": "Dockerfile",
    "configuration": "settings.yaml",
}
DECLARED = Declaration(seen_at=utc_now(), system=System(name="s", paths={"models": ("serving/*",)}))


def run(root: Path, *args: str) -> None:
    who = ["-c", "user.name=author", "-c", "user.email=author@example.org"]
    subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    for path in [*FILES.values(), "README.md"]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"content of {path}\n")
    return root


@pytest.fixture
def repository(plain: Path) -> Path:
    run(plain, "init", "-q", "-b", "trunk")
    run(plain, "add", ".")
    run(plain, "commit", "-q", "-m", "first")
    return plain


def test_a_clean_repository_is_named_by_commit_branch_and_author(repository: Path) -> None:
    subject = subject_of(repository)
    assert subject.commit is not None and len(subject.commit) == 40
    assert subject.branch == "trunk"
    assert subject.authors == ("author@example.org",)
    assert not subject.dirty


def test_the_digest_is_the_same_with_and_without_git(repository: Path) -> None:
    with_git = subject_of(repository)
    shutil.rmtree(repository / ".git")
    without = subject_of(repository)
    assert without.tree == with_git.tree
    assert without.fingerprints == with_git.fingerprints
    assert without.commit is None and without.dirty


@pytest.mark.parametrize("part", PARTS)
def test_a_byte_changed_in_one_part_changes_exactly_that_parts_fingerprint(repository: Path, part: str) -> None:
    before = subject_of(repository, DECLARED)
    assert set(before.fingerprints) == set(PARTS)
    place = repository / FILES[part]
    place.write_text(place.read_text().replace("c", "C", 1))
    after = subject_of(repository, DECLARED)
    assert {p for p in PARTS if before.fingerprints[p] != after.fingerprints[p]} == {part}
    assert after.tree != before.tree and after.dirty


def test_a_document_changes_the_tree_and_no_part(repository: Path) -> None:
    before = subject_of(repository, DECLARED)
    (repository / "README.md").write_text("other")
    after = subject_of(repository, DECLARED)
    assert after.fingerprints == before.fingerprints
    assert after.tree != before.tree


def test_a_model_name_changed_in_code_changes_the_models_too(repository: Path) -> None:
    place = repository / "app/main.py"
    place.write_text('answer(model="gpt-4o-2024-08-06")\n')
    before = subject_of(repository).fingerprints
    place.write_text('\nanswer(model="gpt-4o-2024-08-06")\n')
    moved = subject_of(repository).fingerprints
    place.write_text('answer(model="gpt-4o-2024-11-20")\n')
    changed = subject_of(repository).fingerprints
    assert moved["models"] == before["models"] and moved["code"] != before["code"]
    assert changed["models"] != before["models"]


def test_a_new_file_makes_the_tree_dirty_and_an_ignored_one_does_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    run(repository, "add", ".")
    run(repository, "commit", "-q", "-m", "ignore logs")
    (repository / "a.log").write_text("x")
    assert not subject_of(repository).dirty
    (repository / "new.py").write_text("x")
    assert subject_of(repository).dirty


@pytest.mark.parametrize("place", [".gonogo/ledger/x.jsonl", "gonogo/statements/x.json", "decision.json"])
def test_evidence_and_statements_change_neither_the_digest_nor_the_cleanness(repository: Path, place: str) -> None:
    before = subject_of(repository)
    (repository / place).parent.mkdir(parents=True, exist_ok=True)
    (repository / place).write_text("{}")
    assert subject_of(repository) == before


def test_authors_are_those_since_the_base_with_co_authors(repository: Path) -> None:
    (repository / "app/main.py").write_text("2")
    other = ["-c", "user.name=reviewer", "-c", "user.email=reviewer@example.org"]
    message = "second\n\nCo-authored-by: helper <third@example.org>"
    subprocess.run(["git", *other, "commit", "-qam", message], cwd=repository, check=True)
    assert subject_of(repository, base="HEAD~1").authors == ("reviewer@example.org", "third@example.org")
    with pytest.raises(UsageError, match="no commit"):
        subject_of(repository, base="--output=/tmp/x")


def test_who_commits_nothing_but_statements_is_no_author(repository: Path) -> None:
    before = subject_of(repository).authors
    (repository / "gonogo/statements").mkdir(parents=True)
    (repository / "gonogo/statements/approval.json").write_text("{}")
    other = ["-c", "user.name=approver", "-c", "user.email=approver@example.org"]
    subprocess.run(["git", "add", "gonogo"], cwd=repository, check=True)
    subprocess.run(["git", *other, "commit", "-qm", "approve"], cwd=repository, check=True)
    assert subject_of(repository).authors == before
    assert subject_of(repository, base="HEAD~1").authors == ()


def test_a_repository_whose_configuration_names_programs_runs_none_of_them(repository: Path, tmp_path: Path) -> None:
    canary = tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\necho ran >> {canary}\ncat\n")
    program.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.x.textconv",
        "filter.x.clean",
        "filter.x.smudge",
        "gpg.program",
    ):
        run(repository, "config", key, str(program))
    run(repository, "config", "log.showSignature", "true")
    (repository / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
        shutil.copy(program, repository / ".git/hooks" / hook)
    (repository / ".gitattributes").write_text("* filter=x diff=x\n")
    (repository / "app/main.py").write_text("changed\n")
    subject = subject_of(repository)
    assert subject.dirty and subject.commit
    assert not canary.exists()


def test_a_directory_inside_a_repository_is_a_subject_of_its_own(repository: Path) -> None:
    before = subject_of(repository / "app")
    assert files_of(repository / "app") == ["main.py", "prompts/answer.txt"]
    (repository / "settings.yaml").write_text("other")
    assert subject_of(repository / "app") == before
    (repository / "app/main.py").write_text("other")
    assert subject_of(repository / "app").dirty


def test_an_empty_directory_and_one_with_a_link_circle_have_a_digest(tmp_path: Path) -> None:
    empty = subject_of(tmp_path)
    assert empty.dirty and empty.commit is None and empty.fingerprints == {}
    (tmp_path / "circle").symlink_to(tmp_path)
    assert subject_of(tmp_path).tree != empty.tree


def test_a_repository_without_a_commit_is_dirty(tmp_path: Path) -> None:
    run(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("1")
    subject = subject_of(tmp_path)
    assert subject.commit is None and subject.dirty and "code" in subject.fingerprints
