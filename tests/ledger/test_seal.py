"""Sealing: a process killed behind any of its steps leaves a ledger that reads the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ledger_records import Clock, facts, lines, put, segment_files, written

from gonogo.errors import LedgerError
from gonogo.ledger import query, read, verify
from gonogo.ledger.seal import STEPS, seal_writer
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.writer import Ledger

KEY = SigningKey.generate("ci")


def killed_behind(step: str, writer: Path) -> int:
    program = (
        "import os, sys; from gonogo.ledger import seal\n"
        f"sys.exit(seal.main([{str(writer)!r}], step=lambda name: os._exit(9) if name == {step!r} else None))"
    )
    return subprocess.run([sys.executable, "-c", program], check=False).returncode


def counted(ledger: Path) -> list[tuple[object, ...]]:
    return query([ledger], "SELECT count(*), count(DISTINCT seq), max(seq) FROM facts").rows


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    ledger = tmp_path / "ledger"
    writer = written(ledger)
    assert killed_behind(step, writer) == 9
    for _ in range(2):
        assert list(read([ledger])) == facts(30)
        assert counted(ledger) == [(30, 30, 30)]
        assert verify(ledger) == []
        # The next sealing finishes what the killed one began.
        seal_writer(writer, None)
    assert [path.suffix for path in segment_files(writer)] == [".parquet", ".parquet", ".ndjson"]
    assert not list(writer.glob("day=*/*.ndjson"))[1:]


def test_a_sealed_segment_keeps_the_exact_text_of_every_fact(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger", key=KEY)
    text = [line[line.index(b'"fact":') + 7 : -1].decode() for line in lines(segment_files(writer)[0])]
    seal_writer(writer, KEY)
    answer = query([tmp_path / "ledger"], "SELECT CAST(fact AS VARCHAR) FROM facts WHERE seq <= 10 ORDER BY seq")
    assert [row[0] for row in answer.rows] == text
    assert verify(tmp_path / "ledger", keys=[KEY.public]) == []


def test_a_segment_that_does_not_hold_is_left_as_it_is(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger")
    path = segment_files(writer)[0]
    content = lines(path)
    put(path, [content[0].replace(b"certain", b"guess"), *content[1:]])
    with pytest.raises(LedgerError, match="does not follow"):
        seal_writer(writer, None)
    assert len(segment_files(writer)) == 3
    assert not list(writer.glob("day=*/*.parquet"))


def test_a_full_segment_is_sealed_beside_the_running_writer_and_signed(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger", writer="w", key=KEY, segment_bytes=2000, now=Clock()) as ledger:
        for start in range(0, 40, 10):
            ledger.extend(facts(10, start))
            ledger.flush()
    assert ledger.sealing_trouble == ""
    files = segment_files(tmp_path / "ledger" / "writer=w")
    assert ".parquet" in [path.suffix for path in files]
    assert verify(tmp_path / "ledger", keys=[KEY.public]) == []
    assert list(read([tmp_path / "ledger"])) == facts(40)


def test_a_writer_goes_on_behind_segments_that_are_all_sealed(tmp_path: Path) -> None:
    writer = written(tmp_path / "ledger")
    seal_writer(writer, None, last=True)
    assert {path.suffix for path in segment_files(writer)} == {".parquet"}
    for signing in (KEY, KEY):
        Ledger.open(tmp_path / "ledger", writer="w", key=signing, now=Clock()).close()
    with Ledger.open(tmp_path / "ledger", writer="w", now=Clock()) as ledger:
        assert ledger.append(facts(1, 30)[0]) == 31
    assert list(read([tmp_path / "ledger"])) == facts(31)
    assert verify(tmp_path / "ledger") == []


def test_a_broken_directory_is_a_line_and_an_exit_code(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "gonogo.ledger.seal", str(tmp_path / "nowhere")], capture_output=True, text=True
    )
    assert made.returncode == 2
    assert "Traceback" not in made.stderr
