from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from ledger_records import NOW, facts, written

from gonogo.errors import LedgerError, UsageError
from gonogo.facts import Setting, fact_types
from gonogo.ledger import query
from gonogo.ledger.seal import seal_writer
from gonogo.ledger.writer import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two sealed segments and an open one, in a directory whose name holds what DuckDB would expand."""
    place = tmp_path / "it's [a] *"
    seal_writer(written(place, writer="007"), None)
    return place


def test_one_view_covers_sealed_and_open_segments(ledger: Path) -> None:
    sql = "SELECT writer, kind, count(*), min(seq), max(seq), min(seen_at) FROM facts GROUP BY ALL"
    assert query([ledger], sql).rows == [("007", "trait", 30, 1, 30, NOW.replace(tzinfo=None))]


def test_each_kind_is_a_view_with_its_fields(ledger: Path) -> None:
    answer = query([ledger], "SELECT name, line, holds, path FROM trait WHERE line IN (1, 30) ORDER BY _seq")
    assert answer.columns == ("name", "line", "holds", "path")
    assert answer.rows == [("t0", 1, True, "app/mäin.py"), ("t29", 30, True, "app/mäin.py")]


def test_every_kind_can_be_asked_for_even_where_there_is_none(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "empty").close()
    counts = " UNION ALL ".join(f'SELECT count(*) FROM "{cls.__struct_config__.tag}"' for cls in fact_types())
    assert set(query([tmp_path / "empty"], counts).rows) == {(0,)}


def test_since_leaves_out_what_was_seen_before(ledger: Path) -> None:
    assert query([ledger], "SELECT count(*) FROM facts", NOW + timedelta(seconds=12)).rows == [(18,)]
    with pytest.raises(UsageError, match="time zone"):
        query([ledger], "SELECT 1", NOW.replace(tzinfo=None))


def test_json_fields_can_be_reached(ledger: Path) -> None:
    assert query([ledger], "SELECT fact ->> '$.detail' FROM facts WHERE seq IN (1, 30)").rows == [('a "b"\n',)] * 2


def test_copies_of_a_writer_are_counted_once(ledger: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ledger, tmp_path / "copy")
    assert query([ledger, tmp_path / "copy"], "SELECT count(*) FROM facts").rows == [(30,)]


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT 1; SELECT 2",
        "DROP VIEW facts",
        "CREATE TABLE t (a INT)",
        "COPY facts TO '/tmp/out.csv'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "PRAGMA version",
        "SET memory_limit = '9GB'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELEC 1",
        "SELECT nothing FROM facts",
    ],
)
def test_only_one_select_over_the_ledger_is_run(ledger: Path, sql: str) -> None:
    with pytest.raises(UsageError) as refused:
        query([ledger], sql)
    assert refused.value.mend


def test_a_query_that_needs_too_much_memory_is_a_clear_error(ledger: Path) -> None:
    with pytest.raises(UsageError, match="more memory"):
        query([ledger], "SELECT list(range) FROM range(100000000)", memory="50MB")


def test_no_ledger_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        query([tmp_path / "nowhere"], "SELECT 1")


def test_a_setting_stays_readable_as_json(tmp_path: Path) -> None:
    from gonogo.facts import ModelCallSite

    site = ModelCallSite(seen_at=NOW, path="a.py", line=3, sdk="openai", api="chat", model=Setting(value="m"))
    with Ledger.open(tmp_path / "l") as ledger:
        ledger.extend([site, *facts(1)])
    assert query([tmp_path / "l"], "SELECT sdk, model ->> '$.value' FROM model_call_site").rows == [("openai", "m")]


@pytest.mark.parametrize("sql", ["SELECT CAST(kind AS INTEGER) FROM facts", "SELECT json(kind) ->> 'a' FROM facts"])
def test_a_wrong_conversion_in_the_sql_is_not_called_damage_of_the_ledger(tmp_path: Path, sql: str) -> None:
    written(tmp_path / "l", count=1, each=3)
    with pytest.raises(UsageError, match="the SQL cannot be run"):
        query([tmp_path / "l"], sql)
