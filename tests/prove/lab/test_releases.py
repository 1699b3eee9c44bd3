"""Releases that nobody has published: what they have of the real one, and what they are called."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.version import Version

from gonogo.prove.lab import releases
from tests.wheels import made_tarball, made_wheel


def test_a_newer_wheel_is_the_real_one_under_a_higher_version(tmp_path: Path) -> None:
    real = made_wheel(tmp_path, "tally", "1.4.2", "ledgerline>=2")
    made = tmp_path / "made"
    assert releases.newer_wheel(real.name, real, made, Version("1.4.3")) == "tally-1.4.3-py3-none-any.whl"
    with zipfile.ZipFile(real) as old, zipfile.ZipFile(made) as new:
        assert new.read("tally.py") == old.read("tally.py")
        metadata = new.read("tally-1.4.3.dist-info/METADATA").decode()
        assert "Version: 1.4.3\n" in metadata
        assert "Requires-Dist: ledgerline>=2\n" in metadata
        assert not [name for name in new.namelist() if "1.4.2" in name]
        record = list(csv.reader(new.read("tally-1.4.3.dist-info/RECORD").decode().splitlines()))
        assert {name for name, _, _ in record} == set(new.namelist())
        for name, digest, size in record[:-1]:
            sha256 = base64.urlsafe_b64encode(hashlib.sha256(new.read(name)).digest()).rstrip(b"=").decode()
            assert (digest, int(size)) == (f"sha256={sha256}", len(new.read(name)))


def test_of_what_is_no_wheel_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "junk").write_bytes(b"no archive")
    with zipfile.ZipFile(tmp_path / "bare", "w") as bare:
        bare.writestr("tally.py", "")
    made, version = tmp_path / "made", Version("2")
    for each in ("junk", "bare"):
        assert releases.newer_wheel("tally-1-py3-none-any.whl", tmp_path / each, made, version) is None
        assert not made.exists()
    real = made_wheel(tmp_path, "tally", "1")
    monkeypatch.setattr(releases, "MOST_BYTES", 10)
    assert releases.newer_wheel(real.name, real, made, version) is None


def test_the_next_version_is_higher_and_not_taken() -> None:
    assert str(releases.next_version(Version("1.4.2"), {Version("1.4.3")})) == "1.4.4"
    assert str(releases.next_version(Version("1!2024.9rc1+local"), set())) == "1!2024.10"


@pytest.mark.parametrize(
    ("filename", "release"),
    [
        ("Tally_Up-1.0-py3-none-any.whl", ("tally-up", Version("1.0"))),
        ("tally-1.0.tar.gz", ("tally", Version("1.0"))),
        ("tally-1.0-wrong.whl", None),
        ("tally", None),
    ],
)
def test_files_are_known_by_their_names(filename: str, release: tuple[str, Version] | None) -> None:
    assert releases.release_of(filename) == release


def test_a_newer_npm_package_is_the_real_one_under_a_higher_version(tmp_path: Path) -> None:
    real, made = made_tarball(tmp_path, "tally", "1.4.2"), tmp_path / "made"
    assert releases.newer_npm(real, made, "1.4.3")
    with tarfile.open(made) as new:
        read = {m.name: file.read() for m in new if (file := new.extractfile(m))}
    assert json.loads(read["package/package.json"])["version"] == "1.4.3"
    assert read["package/index.js"] == b"// tally"
    (tmp_path / "junk").write_bytes(b"no archive")
    assert not releases.newer_npm(tmp_path / "junk", made, "2.0.0")
    assert not made.exists()


def test_the_next_version_of_npm_is_a_patch_that_is_not_taken() -> None:
    assert releases.next_npm_version("1.4.2-beta.1+build", {"1.4.3"}) == "1.4.4"
