"""The search for secrets runs beside the other scanners, can be left out, and leaves nothing behind when stopped."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import pytest

from gonogo.errors import CollectError
from gonogo.facts import HardcodedSecret, SecretScan, SourceTree, UnreadableFile
from gonogo.prove.scan import Scan, secrets
from tests.prove.scan.reading import target, written

KEY = "sk-ant-api03-" + "Ab3dE6gH9jK2mN5pQ8sT" * 4 + "Ab3dE6gH9jK2m" + "AA"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def repository(tmp_path: Path) -> Path:
    return written(tmp_path / "repository", {"a.py": f"KEY = '{KEY}'\n", "b.py": "def f(:\n"})


def test_secrets_come_after_what_the_other_scanners_see(tmp_path: Path) -> None:
    facts = list(Scan().collect(target(repository(tmp_path))))
    kinds = [type(f) for f in facts]
    assert kinds[0] is SourceTree
    assert kinds[-3:] == [HardcodedSecret, SecretScan, UnreadableFile]


def test_a_draft_needs_no_search_for_secrets(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "scan", lambda tree, target: pytest.fail("nobody asked for it"))
    sent = dataclasses.replace(target(repository(tmp_path)), without=frozenset({"secrets"}))
    assert not [f for f in Scan().collect(sent) if isinstance(f, HardcodedSecret | SecretScan)]
    assert sent.problems == []


def test_a_search_that_breaks_is_said_and_costs_only_its_own_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tree: object, target: object) -> None:
        raise RuntimeError("hostile")

    monkeypatch.setattr(secrets, "scan", broken)
    sent = target(repository(tmp_path))
    assert [type(f) for f in Scan().collect(sent)][-1] is UnreadableFile
    assert sent.problems == ["the scanner for secrets stopped: RuntimeError: hostile"]


def test_a_scan_that_is_broken_off_leaves_no_copy_of_a_file(tmp_path: Path, scratch: Path) -> None:
    def interrupted(words: str) -> None:
        raise KeyboardInterrupt

    sent = dataclasses.replace(target(repository(tmp_path)), tell=lambda w: None)
    running = Scan().collect(dataclasses.replace(sent, tell=lambda w: interrupted(w) if "cors" in w else None))
    with pytest.raises(KeyboardInterrupt):
        list(running)
    assert list(scratch.iterdir()) == []


def test_the_same_secret_has_another_digest_on_another_machine(tmp_path: Path) -> None:
    here = target(repository(tmp_path))
    there = dataclasses.replace(here, digest_key=b"another machine's")

    def digests(sent) -> set[str]:
        return {f.digest for f in Scan().collect(sent) if isinstance(f, HardcodedSecret)}

    assert digests(here) == digests(here)
    assert digests(here).isdisjoint(digests(there))


def test_a_root_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CollectError):
        list(Scan().collect(target(tmp_path / "none")))
