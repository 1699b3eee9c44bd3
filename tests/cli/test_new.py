"""`gonogo new control` writes what loads and imports, in gonogo's own tree and in a team's repository."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gonogo
from gonogo.catalog import load
from gonogo.cli import main

SOURCE = Path(gonogo.__file__).parent


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch source tree with the catalogue's data and one area of checks."""
    package = tmp_path / "src" / "gonogo"
    shutil.copytree(SOURCE / "catalog" / "data", package / "catalog" / "data")
    checks = package / "checks" / "access"
    checks.mkdir(parents=True)
    (checks / "__init__.py").write_text(
        '"""Checks."""\n\nfrom gonogo.checks.access.probe import old\n\n__all__ = [\n    "old",\n]\n'
    )
    (checks / "probe.py").write_text('"""By probe."""\n\nfrom __future__ import annotations\n\nold = 1\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if "data" not in path.parts}


def test_a_team_gets_an_entry_that_loads_and_the_next_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "control", "billing.invoices-signed", "--method", "attest"]) == 0
    assert main(["new", "control", "billing.invoices-sent"]) == 0
    catalog = load([tmp_path / "gonogo" / "controls"], plugins=False)
    assert catalog.controls["billing.invoices-signed"].proof[0].method == "attest"
    assert catalog.controls["billing.invoices-sent"].proof[0].method == "scan"
    out = capsys.readouterr().out
    assert "wrote gonogo/controls/billing.yaml" in out
    assert 'entry-points."gonogo.checks"' in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("access.mine", "belongs to the built-in catalogue"),
        ("billing", "not of the form area.name"),
        ("Billing.Paid", "not of the form area.name"),
        ("../x.y", "not of the form area.name"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "control", name]) == 2
    assert words in capsys.readouterr().err
    assert files(tmp_path) == set()


def test_a_control_of_the_team_is_not_begun_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "control", "billing.paid"]) == 0
    assert main(["new", "control", "billing.paid"]) == 2
    assert "billing.paid exists already" in capsys.readouterr().err


def test_in_the_source_tree_entry_check_test_and_cases_are_begun(tree: Path) -> None:
    assert main(["new", "control", "access.badge-checked", "--method", "probe"]) == 0
    assert {
        "src/gonogo/checks/access/probe.py",
        "tests/checks/access/test_badge_checked_by_probe.py",
        "tests/cases/access.badge-checked/probe/case.yaml",
        "tests/cases/access.badge-checked/probe/pass",
        "tests/cases/access.badge-checked/probe/fail",
    } <= files(tree)
    assert "- id: access.badge-checked\n" in (tree / "src/gonogo/catalog/data/access.yaml").read_text()
    registered = (tree / "src/gonogo/checks/access/__init__.py").read_text()
    assert '__all__ = ["badge_checked_by_probe", \n    "old"' in registered
    for path in (tree / "src/gonogo/checks").rglob("*.py"):
        ast.parse(path.read_text())


def test_an_area_without_checks_gets_its_package_and_the_check_can_be_imported(tree: Path) -> None:
    assert main(["new", "control", "data.rows-counted", "--method", "lab"]) == 0
    module = tree / "src/gonogo/checks/data/lab.py"
    program = f"import runpy; print(runpy.run_path({str(module)!r})['rows_counted_by_lab'].control)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "data.rows-counted"


def test_in_the_source_tree_a_control_is_not_begun_twice_nor_in_an_unknown_area(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "control", "data.rows-counted", "--method", "lab"]) == 0
    before = files(tree)
    assert main(["new", "control", "data.rows-counted"]) == 2
    assert main(["new", "control", "acess.badge"]) == 2
    err = capsys.readouterr().err
    assert "data.rows-counted exists already" in err
    assert "(did you mean access?)" in err
    assert files(tree) == before
