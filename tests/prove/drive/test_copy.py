"""The throw-away copy: what an app needs, nothing that is not the app's, and nothing that it could harm."""

import os

import pytest

from gonogo.errors import CollectError
from gonogo.prove.drive import copy
from gonogo.prove.drive.copy import changes, copied, state


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    made.mkdir()
    (made / "app.py").write_text("x")
    return made


@pytest.fixture
def target(tmp_path):
    made = tmp_path / "target"
    made.mkdir()
    return made


def files(place):
    return sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file() or p.is_symlink())


def test_credentials_are_kept_out_and_samples_are_not(root, target):
    for name in (".env", ".env.production", ".env.example", "config.env"):
        (root / name).write_text("KEY=1")
    _, kept_out = copied(root, target)
    assert sorted(kept_out) == [".env", ".env.production"]
    assert files(target) == [".env.example", "app.py", "config.env"]


def test_installed_packages_and_history_are_not_copied(root, target):
    for name in (".venv", "web/node_modules", ".git"):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text("x")
    shared, _ = copied(root, target)
    assert sorted(map(str, shared)) == [".venv", "web/node_modules"]
    assert files(target) == ["app.py"]


def test_links_stay_links_and_are_not_followed(root, target, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("x")
    (root / "link").symlink_to(tmp_path / "outside")
    copied(root, target)
    assert (target / "link").is_symlink()
    assert files(target) == ["app.py", "link"]


def test_a_write_to_the_copy_does_not_reach_the_original(root, target):
    copied(root, target)
    assert os.stat(root / "app.py").st_ino != os.stat(target / "app.py").st_ino


def test_pipes_and_sockets_are_left_out(root, target):
    os.mkfifo(root / "pipe")
    copied(root, target)
    assert files(target) == ["app.py"]


def test_a_directory_that_is_too_large_is_said_with_its_mend(root, target, monkeypatch):
    monkeypatch.setattr(copy, "MAX_BYTES", 100)
    (root / "large").write_bytes(b"x" * 101)
    with pytest.raises(CollectError, match="too much to copy") as raised:
        copied(root, target)
    assert raised.value.mend


def test_what_changed_is_told(root):
    (root / "old").write_text("x")
    before = state(root)
    (root / "new").write_text("x")
    (root / "old").unlink()
    (root / "app.py").write_text("longer")
    assert list(changes(before, state(root))) == [("app.py", "changed"), ("new", "created"), ("old", "deleted")]
