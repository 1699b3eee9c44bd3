"""The previous release: which it is, and what of it is laid out."""

import io
import tarfile

import pytest

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.facts.declaration import Deployment
from gonogo.prove.lab.release import _write, lay_out, previous
from tests.cases.record import commit, git

SYSTEM = System(name="app")


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "root"
    (root / "app").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    for minute, version in enumerate(("v1", "v2")):
        (root / "app" / "run.sh").write_text(version)
        (root / "app" / "run.sh").chmod(0o755)
        commit(root, minute, version)
        git(root, "tag", version)
    return root


def test_it_is_the_newest_tag_before_this_commit(root):
    assert previous(root, SYSTEM) == "v1", "this commit is v2"
    commit(root, 9, "on the way to v3")
    assert previous(root, SYSTEM) == "v2"


def test_it_is_what_is_declared(root):
    assert previous(root, System(name="app", deployment=Deployment(previous="v2"))) == "v2"
    for wrong in ("v9", "--all"):
        with pytest.raises(CollectError, match="no revision"):
            previous(root, System(name="app", deployment=Deployment(previous=wrong)))


def test_without_a_tag_or_git_there_is_none(root, tmp_path):
    git(root, "tag", "-d", "v1", "v2")
    assert previous(root, SYSTEM) is None
    assert previous(tmp_path, SYSTEM) is None


def test_it_is_laid_out_as_it_was_with_what_is_installed(root, tmp_path):
    copy = tmp_path / "copy"
    (copy / ".venv").mkdir(parents=True)
    (copy / ".venv" / "installed").touch()
    place = lay_out(root / "app", copy, "v1")
    assert (place / "run.sh").read_text() == "v1"
    assert (place / "run.sh").stat().st_mode & 0o100
    assert (place / ".venv" / "installed").exists()


def test_a_system_that_did_not_exist_then_is_told(root, tmp_path):
    (root / "other").mkdir()
    (tmp_path / "copy").mkdir()
    with pytest.raises(CollectError, match="nothing of the system"):
        lay_out(root / "other", tmp_path / "copy", "v1")


def test_nothing_is_written_outside(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        for name, link in (("out", ".."), ("out/a", ""), ("../b", ""), ("/c", "")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = (tarfile.SYMTYPE, link) if link else (tarfile.REGTYPE, "")
            packed.addfile(member, io.BytesIO())
    made.seek(0)
    with tarfile.open(fileobj=made) as packed:
        for member in packed:
            _write(packed, member, place)
    assert [p.name for p in tmp_path.rglob("*")] == ["place", "out"]
