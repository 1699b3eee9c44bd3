"""One look, written in as many forms as are wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runs import lay, within


def test_further_forms_are_written_of_the_same_look(tmp_path: Path) -> None:
    root = lay(tmp_path)
    ran = within("check", "-f", "json", "--also", "json=a.json", "--also", "junit=b.xml", "--no-record", cwd=root)
    assert json.loads((root / "a.json").read_text()) == ran.document
    assert (root / "b.xml").read_text().startswith("<?xml")


def test_a_problem_is_told_once_whatever_the_number_of_forms(tmp_path: Path) -> None:
    root = lay(tmp_path)
    (root / ".gonogo").write_text("a file where the ledger would be")
    ran = within("check", "-f", "json", "--also", "junit=b.xml", "--html", "c.html", cwd=root)
    assert ran.errors.count("is not kept") == 1


@pytest.mark.parametrize("also", ["sarif", "sarif=", "=a.sarif", "pdf=a.pdf"])
def test_a_form_without_a_file_or_of_no_such_name_is_said_before_anything_is_looked_at(
    tmp_path: Path, also: str
) -> None:
    ran = within("check", "--also", also, cwd=lay(tmp_path))
    assert ran.code == 2 and "FORM=FILE; text, json, html" in ran.errors
    assert not (tmp_path / ".gonogo").exists()
