from __future__ import annotations

from pathlib import Path

import pytest
from ledger_records import NOW, facts, segment_files, written

from gonogo.errors import LedgerError
from gonogo.facts import Document, Trait
from gonogo.ledger import read
from gonogo.ledger.layout import segments
from gonogo.ledger.reading import holds
from gonogo.ledger.seal import seal_writer
from gonogo.ledger.stored import records
from gonogo.ledger.writer import Ledger


@pytest.mark.parametrize("sealed", [False, True])
def test_kinds_and_runs_narrow_what_is_read(tmp_path: Path, sealed: bool) -> None:
    kept = [
        Trait(seen_at=NOW, run="r1", path="a", name='"kind":"document"'),
        Document(seen_at=NOW, run="r1", path="b", role="readme"),
        Trait(seen_at=NOW, run="r2", path="c", name='"run":"r1"'),
    ]
    with Ledger.open(tmp_path / "l", writer="w") as ledger:
        ledger.extend(kept)
    if sealed:
        seal_writer(tmp_path / "l" / "writer=w", None, last=True)
    assert list(read([tmp_path / "l"])) == kept
    assert list(read([tmp_path / "l"], kinds=("document",))) == [kept[1]]
    assert list(read([tmp_path / "l"], runs=("r1",))) == kept[:2]
    assert list(read([tmp_path / "l"], kinds=("trait",), runs=("r2",))) == [kept[2]]
    assert list(read([tmp_path / "l"], kinds=("run",))) == []


@pytest.mark.parametrize("sealed", [False, True])
def test_a_head_of_some_time_is_known_by_number_and_hash(tmp_path: Path, sealed: bool) -> None:
    writer = written(tmp_path / "l")
    lines = [line for segment in segments(writer) for line in records(segment)]
    if sealed:
        seal_writer(writer, None)
    for line in (lines[0], lines[14], lines[-1]):
        assert holds([tmp_path / "l"], f"{line.seq}:{line.digest}")
    for head in (f"2:{lines[0].digest}", f"99:{lines[0].digest}", "1:", "x:y", "", f"\u0661:{lines[0].digest}"):
        assert not holds([tmp_path / "l"], head)


def test_a_segment_that_is_sealed_while_it_is_listed_is_read_in_its_new_form(tmp_path: Path) -> None:
    writer = written(tmp_path / "l")
    listed = segments(writer)
    seal_writer(writer, None)
    assert [line.seq for segment in listed for line in records(segment)] == list(range(1, 31))


def test_a_damaged_record_is_one_clear_error_that_names_the_file(tmp_path: Path) -> None:
    path = segment_files(written(tmp_path / "l"))[1]
    path.write_bytes(b"garbage\n" + path.read_bytes())
    with pytest.raises(LedgerError, match="00000000000000000011") as refused:
        list(read([tmp_path / "l"]))
    assert refused.value.mend == "gonogo verify"


def test_no_ledger_is_an_error_and_an_empty_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        list(read([tmp_path / "nowhere"]))
    Ledger.open(tmp_path / "l").close()
    assert list(read([tmp_path / "l"])) == []
    assert facts(0) == []
