from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gonogo.cli import main
from gonogo.cli.facts import moment
from gonogo.errors import UsageError
from gonogo.facts import Trait
from gonogo.ledger.writer import Ledger

NOW = datetime.now(UTC)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One fact of now and one of ten days ago, whose text would move the cursor and colour the terminal."""
    with Ledger.open(tmp_path / "repo" / ".gonogo" / "ledger") as ledger:
        for age, name in ((10, "old"), (0, "new")):
            ledger.append(
                Trait(seen_at=NOW - timedelta(days=age), path="a.py", line=age, name=name, detail="\x1b[31m[bold]red")
            )
    return tmp_path / "repo"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["facts", *arguments]) == 0
    return capsys.readouterr().out


def test_without_a_question_the_kinds_are_counted(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    [row] = json.loads(printed(capsys, str(repository), "--format", "json"))
    assert (row["kind"], row["facts"]) == ("trait", 2)
    assert row["last_seen"].endswith("Z")


def test_since_and_kind_narrow_it(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    rows = json.loads(printed(capsys, str(repository), "--kind", "trait", "--since", "24h", "--format", "json"))
    assert [row["name"] for row in rows] == ["new"]
    rows = json.loads(printed(capsys, str(repository), "--kind", "trait", "--format", "json"))
    assert [row["name"] for row in rows] == ["new", "old"]


def test_sql_is_answered_in_every_form(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    question = [str(repository), "--sql", "SELECT name, line FROM trait ORDER BY line"]
    assert json.loads(printed(capsys, *question, "--format", "json")) == [
        {"name": "new", "line": 0},
        {"name": "old", "line": 10},
    ]
    rows = list(csv.reader(io.StringIO(printed(capsys, *question, "--format", "csv"))))
    assert rows == [["name", "line"], ["new", "0"], ["old", "10"]]
    assert "old" in printed(capsys, *question)


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_text_of_facts_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], repository: Path, form: str
) -> None:
    shown = printed(capsys, str(repository), "--sql", "SELECT detail FROM trait", "--format", form)
    assert "\x1b" not in shown
    assert "[bold]red" in shown


def test_further_evidence_is_verified_and_read_as_well(
    capsys: pytest.CaptureFixture[str], repository: Path, tmp_path: Path
) -> None:
    with Ledger.open(tmp_path / "ci", writer="ci") as ledger:
        ledger.append(Trait(seen_at=NOW, path="b.py", name="third"))
    question = [str(repository), "--evidence", str(tmp_path / "ci"), "--sql", "SELECT count(*) AS n FROM facts"]
    assert json.loads(printed(capsys, *question, "--format", "json")) == [{"n": 3}]
    [segment] = (tmp_path / "ci").glob("writer=ci/day=*/*.ndjson")
    segment.write_bytes(segment.read_bytes().replace(b"third", b"THIRD"))
    assert main(["facts", *question]) == 1
    assert "changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "trai"], "--kind trait"),
        (["--since", "soon"], "24h"),
        (["--sql", "DROP VIEW facts"], "SELECT"),
        (["--sql", "SELECT 1", "--kind", "trait"], "exclude"),
    ],
)
def test_wrong_use_exits_2_and_says_what_mends_it(
    capsys: pytest.CaptureFixture[str], repository: Path, arguments: list[str], said: str
) -> None:
    assert main(["facts", str(repository), *arguments]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_no_ledger_exits_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["facts", str(tmp_path)]) == 2
    assert "there is no ledger" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("7d", datetime(2026, 11, 14, 12, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 7, 12, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
    ],
)
def test_since_is_an_age_a_date_or_a_time(text: str, expected: datetime) -> None:
    assert moment(text, datetime(2026, 11, 21, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize("text", ["", "h", "24", "24y", "-3h", "9" * 30 + "d", "2026-13-01"])
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text, NOW)
