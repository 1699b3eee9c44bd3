from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from ledger_records import NOW, Clock, facts, lines, put, rechain, segment_files, written

from gonogo.errors import LedgerError, LedgerVersionError
from gonogo.ledger import Problem, heads, unknowable, verify
from gonogo.ledger.seal import seal_writer
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.writer import Ledger

KEY, OTHER = SigningKey.generate("ci"), SigningKey.generate("eve")


@pytest.fixture
def writer(tmp_path: Path) -> Path:
    """Records 1 to 30 in three segments of ten, signed."""
    return written(tmp_path / "ledger", key=KEY)


def only(problems: list[Problem]) -> tuple[str, str | None, int | None]:
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0].kind, problems[0].segment, problems[0].seq


def check(writer: Path, **options: object) -> list[Problem]:
    return verify(writer.parent, keys=[KEY.public], **options)  # type: ignore[arg-type]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_an_untouched_ledger_holds(writer: Path) -> None:
    assert check(writer) == []
    assert check(writer, published=heads(writer.parent)) == []
    assert [len(lines(path)) for path in segment_files(writer)] == [10, 10, 10]


@pytest.mark.parametrize(("segment", "row", "seq"), [(0, 0, 1), (0, 9, 10), (1, 4, 15), (2, 0, 21), (2, 9, 30)])
def test_a_changed_record_is_named(writer: Path, segment: int, row: int, seq: int) -> None:
    path = segment_files(writer)[segment]
    content = lines(path)
    content[row] = content[row].replace(b'"certain"', b'"guess"')
    put(path, content)
    kind, where, number = only(check(writer))
    assert (kind, number) == ("changed", seq)
    assert where in (name(path), None)


def test_a_garbled_record_is_named(writer: Path) -> None:
    path = segment_files(writer)[1]
    content = lines(path)
    content[3] = b"\xff\x00 no record"
    put(path, content)
    assert only(check(writer)) == ("changed", name(path), 14)


@pytest.mark.parametrize(("row", "seq"), [(0, 11), (4, 15), (9, 20)])
def test_a_dropped_record_is_named(writer: Path, row: int, seq: int) -> None:
    path = segment_files(writer)[1]
    content = lines(path)
    del content[row]
    put(path, content)
    kind, _, number = only(check(writer))
    assert (kind, number) == ("dropped", seq)


def test_a_dropped_segment_is_named(writer: Path) -> None:
    segment_files(writer)[1].unlink()
    [problem] = check(writer)
    assert (problem.kind, problem.seq) == ("dropped", 11)
    assert "records 11 to 20" in problem.detail


def test_reordered_records_are_told_from_dropped_ones(writer: Path) -> None:
    path = segment_files(writer)[1]
    content = lines(path)
    content[3], content[4] = content[4], content[3]
    put(path, content)
    assert only(check(writer)) == ("reordered", name(path), 14)


def test_a_repeated_record_is_named(writer: Path) -> None:
    path = segment_files(writer)[1]
    content = lines(path)
    put(path, [*content[:5], content[4], *content[5:]])
    assert only(check(writer)) == ("repeated", name(path), 15)


def test_a_back_dated_record_is_named_even_where_the_chain_was_made_for_it(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger", count=10, each=1, segment_bytes=10**6)
    path = segment_files(writer)[0]
    content = lines(path)
    content[6] = content[6].replace(json.loads(content[6])["at"].encode(), b"2026-11-21T11:00:00.000000Z")
    put(path, rechain(content))
    problems = verify(writer.parent)
    assert ("back-dated", 7) in [(problem.kind, problem.seq) for problem in problems]


def test_a_swapped_segment_is_told_from_a_changed_record(writer: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", key=KEY, now=Clock(NOW + timedelta(seconds=7)))
    mine, theirs = segment_files(writer)[1], segment_files(other)[1]
    shutil.copy(theirs, mine)
    assert only(check(writer)) == ("swapped-segment", name(mine), None)


def test_two_segments_that_change_places_are_both_named(writer: Path, tmp_path: Path) -> None:
    first, second, _ = segment_files(writer)
    first.rename(tmp_path / "x")
    second.rename(first)
    (tmp_path / "x").rename(second)
    problems = check(writer)
    assert {(p.kind, p.segment) for p in problems} == {
        ("swapped-segment", name(first)),
        ("swapped-segment", name(second)),
    }


def test_a_segment_under_another_day_is_named(writer: Path) -> None:
    path = segment_files(writer)[0]
    moved = writer / "day=2026-10-01" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    assert only(check(writer)) == ("swapped-segment", name(moved), None)


def test_a_tail_cut_before_the_head_is_found_from_within(writer: Path) -> None:
    path = segment_files(writer)[2]
    put(path, lines(path)[:7])
    assert only(check(writer)) == ("cut-tail", None, 28)


def test_a_tail_cut_with_its_head_is_found_only_against_a_published_head(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger", count=20, key=KEY)
    shutil.copytree(writer.parent, tmp_path / "cut")
    with Ledger.open(tmp_path / "ledger", writer="w", key=KEY, seal=False, now=Clock()) as ledger:
        ledger.extend(facts(10, 20))
    published = heads(tmp_path / "ledger")
    assert verify(tmp_path / "cut", keys=[KEY.public]) == []
    assert only(verify(tmp_path / "cut", published, [KEY.public])) == ("cut-tail", None, 21)
    assert verify(tmp_path / "ledger", heads(tmp_path / "cut"), [KEY.public]) == []


def test_a_rewritten_history_does_not_match_the_head(writer: Path) -> None:
    path = segment_files(writer)[2]
    content = lines(path)
    content[3] = content[3].replace(b'"certain"', b'"guess"')
    put(path, rechain(content))
    kind, _, seq = only(check(writer))
    assert (kind, seq) == ("changed", 30)


def test_a_history_rewritten_by_the_key_owner_does_not_match_the_published_head(writer: Path, tmp_path: Path) -> None:
    again = written(tmp_path / "again", key=KEY, count=40)
    [problem] = check(again, published={"w": f"30:{'0' * 64}"})
    assert (problem.kind, problem.seq) == ("changed", 30)
    assert "published head" in problem.detail


def test_a_missing_writer_is_found_against_its_published_head(writer: Path) -> None:
    published = heads(writer.parent)
    shutil.rmtree(writer)
    assert [problem.kind for problem in check(writer, published=published)] == ["missing-writer"]


def test_signatures_are_held_against_the_trusted_keys(writer: Path) -> None:
    assert [p.kind for p in verify(writer.parent, keys=[OTHER.public])] == ["wrong-signature"]
    assert verify(writer.parent) == []
    head = json.loads((writer / "head.json").read_bytes())
    (writer / "head.json").write_text(json.dumps(head | {"at": "2020-01-01T00:00:00.000000Z"}))
    assert [p.kind for p in verify(writer.parent)] == ["wrong-signature"]


def test_an_unsigned_head_is_a_problem_only_where_keys_are_asked_for(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger")
    assert verify(writer.parent) == []
    assert [p.kind for p in check(writer)] == ["unsigned"]


def test_a_removed_head_is_found(writer: Path) -> None:
    (writer / "head.json").unlink()
    assert [p.kind for p in check(writer)] == ["missing-head"]


def test_a_head_of_another_writer_is_found(writer: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", writer="v", key=KEY)
    shutil.copy(other / "head.json", writer / "head.json")
    assert "wrong-signature" in [p.kind for p in check(writer)]


@pytest.mark.parametrize("file", ["head.json", "day=2026-11-21/00000000000000000001.ndjson"])
def test_garbage_is_a_problem_and_never_a_crash(writer: Path, file: str) -> None:
    (writer / file).write_bytes(b"\x00\xff{garbage\n\n[]\n")
    assert check(writer)


def test_a_newer_ledger_is_refused_with_a_mend(writer: Path) -> None:
    (writer / "ledger.json").write_text('{"format":99,"writer":"w"}')
    for attempt in (
        lambda: check(writer),
        lambda: Ledger.open(writer.parent, writer="w"),
        lambda: heads(writer.parent),
    ):
        with pytest.raises(LedgerVersionError, match="newer gonogo") as refused:
            attempt()
        assert "upgrade" in str(refused.value.mend)


def test_no_ledger_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        verify(tmp_path / "nowhere")


def test_what_cannot_be_known_is_said(writer: Path) -> None:
    said = "\n".join(unknowable(writer.parent))
    assert "cut off together with the head" in said
    assert "whose key" in said
    assert "whole writer was removed" in said
    more = "\n".join(unknowable(writer.parent, heads(writer.parent), [KEY.public]))
    assert "cut off" not in more
    assert "whether a fact was true" in more


class TestSealed:
    """The same questions over Parquet."""

    @pytest.fixture
    def writer(self, tmp_path: Path) -> Path:
        writer = written(tmp_path / "ledger", key=KEY)
        seal_writer(writer, KEY)
        assert [path.suffix for path in segment_files(writer)] == [".parquet", ".parquet", ".ndjson"]
        return writer

    @staticmethod
    def rewrite(path: Path, change: str) -> None:
        import duckdb

        duckdb.execute(f"CREATE OR REPLACE TABLE rows AS SELECT *, file_row_number AS n FROM read_parquet('{path}', "
                       "file_row_number = true, hive_partitioning = false)")  # fmt: skip
        duckdb.execute(change)
        duckdb.execute(f"COPY (SELECT * EXCLUDE (n) FROM rows ORDER BY n) TO '{path}' (FORMAT parquet)")

    def test_an_untouched_ledger_holds(self, writer: Path) -> None:
        assert check(writer, published=heads(writer.parent)) == []

    @pytest.mark.parametrize("seq", [11, 15, 20])
    def test_a_changed_record_is_named(self, writer: Path, seq: int) -> None:
        path = segment_files(writer)[1]
        self.rewrite(path, f"UPDATE rows SET fact = replace(fact, 'certain', 'guess') WHERE seq = {seq}")
        assert only(check(writer)) == ("changed", name(path), seq)

    @pytest.mark.parametrize("seq", [11, 15, 20])
    def test_a_dropped_record_is_named(self, writer: Path, seq: int) -> None:
        path = segment_files(writer)[1]
        self.rewrite(path, f"DELETE FROM rows WHERE seq = {seq}")
        kind, _, number = only(check(writer))
        assert (kind, number) == ("dropped", seq)

    def test_reordered_records_are_named(self, writer: Path) -> None:
        path = segment_files(writer)[1]
        self.rewrite(path, "UPDATE rows SET n = CASE seq WHEN 14 THEN 4 WHEN 15 THEN 3 ELSE n END")
        assert only(check(writer)) == ("reordered", name(path), 14)

    def test_a_hot_column_that_lies_is_found_through_the_sealed_digest(self, writer: Path) -> None:
        path = segment_files(writer)[1]
        self.rewrite(path, "UPDATE rows SET latency_ms = 1")
        assert [p.kind for p in check(writer)] == ["changed"]

    def test_swapped_files_are_named(self, writer: Path, tmp_path: Path) -> None:
        first, second, _ = segment_files(writer)
        first.rename(tmp_path / "x")
        second.rename(first)
        (tmp_path / "x").rename(second)
        assert {(p.kind, p.segment) for p in check(writer)} == {
            ("swapped-segment", name(first)),
            ("swapped-segment", name(second)),
        }

    def test_a_changed_or_missing_seal_is_found(self, writer: Path) -> None:
        seal = segment_files(writer)[1].with_name("00000000000000000011.seal.json")
        content = seal.read_text()
        seal.write_text(content.replace("2026-11-21", "2026-11-20"))
        assert [p.kind for p in check(writer)] == ["wrong-signature"]
        seal.unlink()
        assert "unreadable" in [p.kind for p in check(writer)]

    def test_a_broken_file_is_a_problem_and_never_a_crash(self, writer: Path) -> None:
        path = segment_files(writer)[1]
        path.write_bytes(path.read_bytes()[:-50] + b"\x00" * 50)
        assert "unreadable" in [p.kind for p in check(writer)]
