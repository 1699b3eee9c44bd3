"""A crash at any byte loses nothing that was acknowledged, and nothing that a crash cannot do passes for one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_records import Clock, facts, lines, put, segment_files, written

from gonogo.errors import LedgerError
from gonogo.ledger import heads, read, verify
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.writer import Ledger

KEY = SigningKey.generate("ci")


def reopen(directory: Path) -> Ledger:
    return Ledger.open(directory, writer="w", key=KEY, seal=False, now=Clock())


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A directory in memory where there is one: a thousand recoveries wait for the disk several thousand times."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else tmp_path) as place:
        yield Path(place)


def test_a_writer_cut_at_every_byte_keeps_all_whole_records_and_goes_on(memory: Path) -> None:
    """The head is the one of before: that is what a crash leaves, for a head is written behind its data."""
    tmp_path = memory
    before = written(tmp_path / "a", count=3, each=3, key=KEY, segment_bytes=10**6)
    old_head = (before / "head.json").read_bytes()
    with reopen(tmp_path / "a") as ledger:
        ledger.extend(facts(3, 3))
    path = segment_files(before)[0]
    whole, known = path.read_bytes(), len(b"\n".join(lines(path)[:3])) + 1
    expected = facts(7)
    for cut in range(known, len(whole) + 1):
        path.write_bytes(whole[:cut])
        (before / "head.json").write_bytes(old_head)
        acknowledged = whole[:cut].count(b"\n")
        with reopen(tmp_path / "a") as ledger:
            assert ledger.append(expected[6]) == acknowledged + 1, cut
        assert list(read([tmp_path / "a"])) == [*expected[:acknowledged], expected[6]], cut
        assert verify(tmp_path / "a", keys=[KEY.public]) == [], cut
        torn = b"".join(sorted(p.read_bytes() for p in path.parent.glob("*.torn")))
        assert torn == whole[:cut].rpartition(b"\n")[2], cut
        for left in path.parent.glob("*.torn"):
            left.unlink()


def test_a_cut_at_every_byte_behind_the_head_is_refused_as_tampering(tmp_path: Path) -> None:
    writer = written(tmp_path / "a", count=3, each=3, key=KEY)
    path = segment_files(writer)[0]
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        with pytest.raises(LedgerError, match="nothing is appended") as refused:
            reopen(tmp_path / "a")
        assert "gonogo verify" in str(refused.value.mend)
        assert path.read_bytes() == whole[:cut]
        assert verify(tmp_path / "a")


def test_garbage_behind_the_head_is_set_aside_and_kept(tmp_path: Path) -> None:
    """After a power cut a file system may leave zeros where data was not on the disk yet."""
    writer = written(tmp_path / "a", count=3, each=3, key=KEY, segment_bytes=10**6)
    path = segment_files(writer)[0]
    garbage = b"\x00" * 100 + b"\n" + lines(path)[0] + b"\n"
    with path.open("ab") as file:
        file.write(garbage)
    with reopen(tmp_path / "a") as ledger:
        assert ledger.append(facts(1)[0]) == 4
    assert [p.read_bytes() for p in path.parent.glob("*.torn")] == [garbage]
    assert verify(tmp_path / "a") == []


def test_segments_behind_a_torn_one_are_set_aside_whole(tmp_path: Path) -> None:
    writer = written(tmp_path / "a", count=10, each=10, key=KEY)
    head = (writer / "head.json").read_bytes()
    with Ledger.open(tmp_path / "a", writer="w", key=KEY, seal=False, now=Clock(), segment_bytes=1) as ledger:
        for start in (10, 20, 30):
            ledger.extend(facts(10, start))
    (writer / "head.json").write_bytes(head)
    path = segment_files(writer)[1]
    path.write_bytes(path.read_bytes()[:-5])
    with reopen(tmp_path / "a") as ledger:
        assert ledger.append(facts(1)[0]) == 20
    assert verify(tmp_path / "a") == []
    assert len(list(path.parent.glob("*.torn"))) == 3


def test_a_removed_head_or_changed_last_record_is_not_written_over(tmp_path: Path) -> None:
    writer = written(tmp_path / "a", key=KEY)
    path = segment_files(writer)[2]
    content = lines(path)
    put(path, [*content[:-1], content[-1].replace(b"certain", b"unknown")])
    with pytest.raises(LedgerError, match="is not the one that its head names"):
        reopen(tmp_path / "a")
    put(path, content)
    (writer / "head.json").unlink()
    with pytest.raises(LedgerError, match="its head is missing"):
        reopen(tmp_path / "a")


def test_a_killed_process_loses_nothing_that_it_was_told_is_kept(tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from ledger_records import facts
from gonogo.ledger.writer import Ledger
ledger = Ledger.open(Path({str(tmp_path / "a")!r}), writer="w", segment_bytes=20_000, seal=False)
for fact in facts(10**6):
    print(ledger.append(fact), flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(300):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        told = 300 + child.stdout.read().count(b"\n")
    kept = list(read([tmp_path / "a"]))
    assert len(kept) >= told
    assert kept == facts(len(kept))
    with Ledger.open(tmp_path / "a", writer="w", seal=False) as ledger:
        assert ledger.append(facts(1)[0]) == len(kept) + 1
    assert verify(tmp_path / "a") == []


def test_a_copy_of_a_ledger_goes_on_where_the_original_was(tmp_path: Path) -> None:
    written(tmp_path / "a", key=KEY)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with reopen(tmp_path / "b") as ledger:
        assert ledger.append(facts(1)[0]) == 31
    assert verify(tmp_path / "b", heads(tmp_path / "a"), [KEY.public]) == []


def test_opening_with_another_key_signs_the_head_anew(tmp_path: Path) -> None:
    written(tmp_path / "a")
    with reopen(tmp_path / "a"):
        pass
    assert verify(tmp_path / "a", keys=[KEY.public]) == []
    with reopen(tmp_path / "a") as ledger:
        assert ledger.append(facts(1)[0]) == 31
