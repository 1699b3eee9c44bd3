from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from ledger_records import NOW, Clock, facts, lines, segment_files, written

from gonogo.errors import LedgerError
from gonogo.ledger import heads, read, verify
from gonogo.ledger.writer import Ledger


def test_facts_come_back_as_they_were_and_in_order(tmp_path: Path) -> None:
    written(tmp_path / "ledger", count=30)
    assert list(read([tmp_path / "ledger"])) == facts(30)


def test_an_acknowledged_fact_is_readable_before_anything_is_closed(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert ledger.append(facts(1)[0]) == 1
        assert list(read([tmp_path / "ledger"])) == facts(1)


def test_each_line_is_json_that_names_the_hash_of_the_one_before(tmp_path: Path) -> None:
    import hashlib

    content = lines(segment_files(written(tmp_path / "ledger", count=3, each=3))[0])
    records = [json.loads(line) for line in content]
    assert [record["seq"] for record in records] == [1, 2, 3]
    assert records[2]["prev"] == hashlib.sha256(content[1]).hexdigest()
    assert records[0]["fact"]["kind"] == "trait"


def test_a_second_run_continues_the_chain_of_the_first(tmp_path: Path) -> None:
    for start in (0, 5):
        with Ledger.open(tmp_path / "ledger") as ledger:
            ledger.extend(facts(5, start))
    assert len(heads(tmp_path / "ledger")) == 1
    assert list(read([tmp_path / "ledger"])) == facts(10)


def test_two_runs_at_once_get_a_writer_each(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as one, Ledger.open(tmp_path / "ledger") as two:
        assert one.writer != two.writer
        one.append(facts(1)[0])
        two.append(facts(1, 1)[0])
    assert len(heads(tmp_path / "ledger")) == 2
    assert verify(tmp_path / "ledger") == []
    assert sorted(read([tmp_path / "ledger"]), key=lambda fact: fact.seen_at) == facts(2)


def test_a_named_writer_that_is_taken_is_refused_and_free_again_later(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger", writer="ci"), pytest.raises(LedgerError, match="another run writes"):
        Ledger.open(tmp_path / "ledger", writer="ci")
    Ledger.open(tmp_path / "ledger", writer="ci").close()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".a", "x" * 65])
def test_a_writers_name_cannot_leave_the_ledger(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match="cannot be the name"):
        Ledger.open(tmp_path / "ledger", writer=name)


@pytest.mark.parametrize("durability", ["group", "sync"])
def test_threads_that_append_at_once_each_get_their_own_numbers(tmp_path: Path, durability: str) -> None:
    got: dict[int, list[int]] = {}
    with Ledger.open(tmp_path / "ledger", durability=durability, segment_bytes=5000, seal=False) as ledger:  # type: ignore[arg-type]

        def work(n: int) -> None:
            got[n] = [ledger.append(fact) for fact in facts(50, n * 50)]

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    kept = list(read([tmp_path / "ledger"]))
    assert sorted(chain.from_iterable(got.values())) == list(range(1, 401))
    assert all(kept[seq - 1] == facts(1, n * 50 + i)[0] for n, seqs in got.items() for i, seq in enumerate(seqs))
    assert verify(tmp_path / "ledger") == []


def test_the_head_follows_without_being_asked(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(facts(1)[0])
        done = threading.Event()
        for _ in range(200):
            if heads(tmp_path / "ledger") == {ledger.writer: ledger.head}:
                break
            done.wait(0.02)
        assert heads(tmp_path / "ledger") == {ledger.writer: ledger.head}


def test_a_new_day_begins_a_new_segment(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 21, 23, 50, tzinfo=UTC))
    with Ledger.open(tmp_path / "ledger", writer="w", now=clock) as ledger:
        ledger.extend(facts(2))
        clock.now += timedelta(minutes=10)
        ledger.append(facts(1, 2)[0])
    writer = tmp_path / "ledger" / "writer=w"
    assert [path.parent.name for path in segment_files(writer)] == ["day=2026-11-21", "day=2026-11-22"]
    assert verify(tmp_path / "ledger") == []


def test_a_clock_that_is_set_back_does_not_look_like_tampering(tmp_path: Path) -> None:
    clock = Clock()
    with Ledger.open(tmp_path / "ledger", now=clock) as ledger:
        ledger.append(facts(1)[0])
        clock.now -= timedelta(days=3)
        ledger.append(facts(1, 1)[0])
    assert verify(tmp_path / "ledger") == []


def test_an_interrupted_append_leaves_a_ledger_that_goes_on_when_opened_again(tmp_path: Path) -> None:
    class Interrupted(Clock):
        def __call__(self) -> datetime:
            # Control-C reaches the main thread only; the one that syncs reads the clock, too.
            if self.now > NOW + timedelta(minutes=1) and threading.current_thread() is threading.main_thread():
                raise KeyboardInterrupt
            return super().__call__()

    clock = Interrupted()
    with pytest.raises(KeyboardInterrupt), Ledger.open(tmp_path / "ledger", now=clock) as ledger:
        ledger.extend(facts(5))
        clock.now += timedelta(hours=1)
        try:
            ledger.append(facts(1, 5)[0])
        finally:
            with pytest.raises(LedgerError, match="interrupted"):
                ledger.append(facts(1, 6)[0])
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert ledger.append(facts(1, 5)[0]) == 6
    assert list(read([tmp_path / "ledger"])) == facts(6)
    assert verify(tmp_path / "ledger") == []


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.append(facts(1)[0])


def test_at_a_limit_of_the_file_system_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A file size limit is refused by the operating system in the middle of a write, as a full disk is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Ledger.open(tmp_path / "ledger", writer="w") as ledger:
        ledger.extend(facts(10))
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, hard))
        try:
            with pytest.raises(LedgerError, match="cannot be written") as refused:
                ledger.extend(facts(100, 10))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "ulimit" in str(refused.value.mend)
        assert list(read([tmp_path / "ledger"])) == facts(10)
        assert ledger.append(facts(1, 10)[0]) == 11
    assert verify(tmp_path / "ledger") == []
    assert list(read([tmp_path / "ledger"])) == facts(11)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_is_one_clear_error_and_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    try:
        told = 0
        ledger = Ledger.open(disk / "ledger", writer="w", seal=False)
        with pytest.raises(LedgerError, match="cannot be written") as refused:
            for fact in facts(10_000):
                told = ledger.append(fact)
        assert "free some space" in str(refused.value.mend)
        assert told > 10
        assert list(read([disk / "ledger"])) == facts(told)
        (disk / "ledger" / "writer=w" / "seal.lock").unlink(missing_ok=True)
        try:
            ledger.close()
        except LedgerError as full:
            assert full.mend
        copied = tmp_path / "copy"
        subprocess.run(["cp", "-r", disk / "ledger", copied], check=True)
        with Ledger.open(copied, writer="w", seal=False) as again:
            assert again.append(facts(1, told)[0]) == told + 1
        assert verify(copied) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_read_only_place_is_one_clear_error(tmp_path: Path) -> None:
    """Root may write anywhere, so the refusal is had from a file that stands where a directory should."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger.open(tmp_path / "file" / "ledger")


def test_a_read_only_directory_is_one_clear_error(tmp_path: Path) -> None:
    """Root may write into any directory, but not into a file system that is mounted read-only."""
    place = tmp_path / "read-only"
    place.mkdir(mode=0o500)
    root = os.geteuid() == 0
    if root:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", place], capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"no read-only file system can be mounted here: {mounted.stderr.strip()}")
    try:
        with pytest.raises(LedgerError, match="cannot be written") as refused:
            Ledger.open(place / "ledger")
        assert "directory" in str(refused.value.mend)
    finally:
        if root:
            subprocess.run(["umount", place], check=True)


def test_reading_a_ledger_loads_no_analytics(tmp_path: Path) -> None:
    written(tmp_path / "ledger")
    program = (
        "import sys; from pathlib import Path; from gonogo.ledger import read, Ledger\n"
        f"assert len(list(read([Path({str(tmp_path / 'ledger')!r})]))) == 30\n"
        "assert 'duckdb' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
