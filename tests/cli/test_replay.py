"""Recorded facts are judged again offline: by today's checks, with nothing run, looked at or kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gonogo import assess, evidence
from tests.cli.runs import APP, SETTINGS, committed, within

RUN = ("pass", "fail", "inconclusive", "error")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a ledger: one check was made of it."""
    root = committed(tmp_path_factory.mktemp("replay") / "desk")
    assess.check(assess.Request(root=root))
    return root


@pytest.fixture
def away(desk: Path, tmp_path: Path) -> Path:
    """The ledger alone, far from the repository."""
    return shutil.copytree(desk / evidence.RECORD, tmp_path / "evidence" / "ledger")


def findings(text: str) -> dict[tuple[str, str], str]:
    return {(f["control"], f["method"]): f["outcome"] for f in json.loads(text)["findings"]}


def test_the_same_facts_give_the_same_findings_without_the_repository(desk: Path, away: Path, tmp_path: Path) -> None:
    now = within("check", "-f", "json", "-p", "minimum", "--no-record", cwd=desk)
    again = within("replay", str(away), "-f", "json", "-p", "minimum", cwd=tmp_path)
    assert findings(again.output) == findings(now.output)
    assert again.document["subject"] == now.document["subject"]
    assert again.code == 1


def test_the_repositorys_own_ledger_is_the_default_and_only_what_was_looked_at_is_judged(desk: Path) -> None:
    ran = within("replay", "-f", "json", cwd=desk)
    found = findings(ran.output)
    judged = {control for control, _ in found}
    assert all(any(found[c, m] in RUN for c, m in found if c == control) for control in judged)
    assert ("reliability.timeouts-configured", "scan") in found
    assert "nothing was run" in ran.errors and "scan" in ran.errors and "minutes ago" in ran.errors


def test_the_files_of_the_repository_are_not_looked_at(desk: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(desk, tmp_path / "changed")
    (changed / "app.py").write_text(APP.replace("timeout=20", ""))
    before = findings(within("replay", "-f", "json", cwd=desk).output)
    assert findings(within("replay", "-f", "json", cwd=changed).output) == before


def test_nothing_is_kept(desk: Path) -> None:
    before = {p: p.read_bytes() for p in desk.rglob("*") if p.is_file() and ".git/" not in p.as_posix()}
    within("replay", cwd=desk)
    assert {p: p.read_bytes() for p in desk.rglob("*") if p.is_file() and ".git/" not in p.as_posix()} == before


def test_no_collector_is_sent_out(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess.plugins, "collectors", lambda: pytest.fail("a collector was asked for"))
    assert within("replay", cwd=desk).calm().code in (0, 1)


def test_a_ledger_that_was_changed_is_refused(away: Path, tmp_path: Path) -> None:
    (segment,) = away.rglob("*.ndjson")
    segment.write_bytes(segment.read_bytes().replace(b"app.py", b"App.py"))
    ran = within("replay", str(away), cwd=tmp_path)
    assert ran.code == 1 and ran.output == ""
    assert "mend: ask for the ledger again" in ran.errors


def test_every_form_of_a_result_can_be_written(away: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    ran = within("replay", str(away), "-f", "sarif", "-o", "out.sarif", "--html", str(page), cwd=tmp_path)
    assert ran.calm().code in (0, 1)
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert page.read_text().startswith("<!doctype html>")


def test_ledgers_of_two_systems_need_a_name(away: Path, tmp_path: Path) -> None:
    other = committed(tmp_path / "other", {"gonogo.yaml": SETTINGS.replace("desk", "shop"), "app.py": APP})
    assess.check(assess.Request(root=other))
    ran = within("replay", str(away), str(other), cwd=tmp_path)
    assert ran.code == 2 and "desk, shop" in ran.errors and "--system NAME" in ran.errors
    ran = within("replay", str(away), str(other), "--system", "shop", "-f", "json", cwd=tmp_path)
    assert ran.document["system"] == "shop"
    ran = within("replay", str(away), "--system", "deks", cwd=tmp_path)
    assert ran.code == 2 and "'deks'" in ran.errors


def test_the_law_of_another_system_does_not_judge_this_one(away: Path, tmp_path: Path) -> None:
    other = committed(tmp_path / "other", {"gonogo.yaml": SETTINGS.replace("desk", "shop"), "app.py": APP})
    ran = within("replay", str(away), cwd=other)
    assert ran.code == 2 and "'desk'" in ran.errors and "'shop'" in ran.errors


def test_where_there_is_no_ledger_that_is_said(tmp_path: Path) -> None:
    ran = within("replay", cwd=tmp_path)
    assert ran.code == 2 and "there is no ledger" in ran.errors and "mend:" in ran.errors
