from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gonogo.errors import LedgerError
from gonogo.ledger.bodies import Bodies


def test_a_body_comes_back_for_its_subject_and_stands_nowhere_in_the_clear(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path / "bodies")
    ref = bodies.put("alice@example.org", b"what was asked")
    assert Bodies(tmp_path / "bodies").get("alice@example.org", ref) == b"what was asked"
    for path in (tmp_path / "bodies").rglob("*"):
        assert "alice" not in path.name
        assert path.is_dir() or b"asked" not in path.read_bytes()


def test_forgetting_one_subject_leaves_the_other_and_defeats_copies_of_the_bodies(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path / "bodies")
    alice, bob = bodies.put("alice", b"a"), bodies.put("bob", b"b")
    shutil.copytree(tmp_path / "bodies", tmp_path / "copy", ignore=lambda *_: ["keys"])
    assert bodies.forget("alice")
    assert not bodies.forget("alice")
    assert bodies.get("alice", alice) is None
    assert bodies.get("bob", bob) == b"b"
    assert Bodies(tmp_path / "copy").get("alice", alice) is None
    again = bodies.put("alice", b"new")
    assert bodies.get("alice", again) == b"new"


def test_a_changed_or_absent_body_is_one_clear_error(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path / "bodies")
    ref = bodies.put("alice", b"a")
    [file] = (tmp_path / "bodies").rglob("*.body")
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    with pytest.raises(LedgerError, match="was changed"):
        bodies.get("alice", ref)
    with pytest.raises(LedgerError, match="cannot be read"):
        bodies.get("alice", "0" * 64)
    with pytest.raises(LedgerError, match="names no body"):
        bodies.get("alice", "../../etc/passwd")


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    Bodies(tmp_path / "bodies").put("alice", b"a")
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "bodies" / "keys").glob("*.key")}
    assert modes == {0}


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        Bodies(tmp_path / "file" / "bodies").put("alice", b"a")


def test_forgetting_where_nothing_was_kept_creates_nothing(tmp_path):
    assert Bodies(tmp_path / "bodies").forget("a reader") is False
    assert not (tmp_path / "bodies").exists()
