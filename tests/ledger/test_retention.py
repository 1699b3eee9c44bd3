from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from ledger_records import Clock, facts, segment_files

from gonogo.errors import LedgerError
from gonogo.ledger import heads, query, read, unknowable, verify
from gonogo.ledger.retention import drop_before
from gonogo.ledger.signature import SigningKey
from gonogo.ledger.writer import Ledger

KEY = SigningKey.generate("ci")


def three_days(ledger: Path) -> dict[int, str]:
    """Write ten records on each of three days and return the head after each day."""
    clock, seen = Clock(datetime(2026, 11, 19, 12, tzinfo=UTC)), {}
    for n in range(3):
        with Ledger.open(ledger, writer="w", key=KEY, now=clock, seal=False) as opened:
            opened.extend(facts(10, 10 * n))
            seen[n] = opened.head
        clock.now += timedelta(days=1)
    return seen


def test_days_before_are_dropped_and_the_rest_still_verifies(tmp_path: Path) -> None:
    seen = three_days(tmp_path / "l")
    assert drop_before(tmp_path / "l", date(2026, 11, 21), KEY) == 20
    assert drop_before(tmp_path / "l", date(2026, 11, 21), KEY) == 0
    assert list(read([tmp_path / "l"])) == facts(10, 20)
    assert query([tmp_path / "l"], "SELECT min(seq), max(seq) FROM facts").rows == [(21, 30)]
    for head in seen.values():
        assert verify(tmp_path / "l", {"w": head}, [KEY.public]) == []
    assert "records 1 to 20 said" in "\n".join(unknowable(tmp_path / "l"))
    with Ledger.open(tmp_path / "l", writer="w", key=KEY, now=Clock()) as ledger:
        assert ledger.append(facts(1)[0]) == 31
    assert verify(tmp_path / "l", heads(tmp_path / "l"), [KEY.public]) == []


def test_a_published_head_of_a_dropped_day_is_still_held_against_its_seal(tmp_path: Path) -> None:
    three_days(tmp_path / "l")
    drop_before(tmp_path / "l", date(2026, 11, 21), KEY)
    assert [p.kind for p in verify(tmp_path / "l", {"w": f"10:{'0' * 64}"})] == ["changed"]


def test_everything_may_be_dropped_and_the_chain_goes_on(tmp_path: Path) -> None:
    three_days(tmp_path / "l")
    assert drop_before(tmp_path / "l", date(2027, 1, 1), KEY) == 30
    assert verify(tmp_path / "l", keys=[KEY.public]) == []
    with Ledger.open(tmp_path / "l", writer="w", key=KEY, now=Clock()) as ledger:
        assert ledger.append(facts(1)[0]) == 31
    assert verify(tmp_path / "l", keys=[KEY.public]) == []


def test_files_deleted_without_the_signed_note_are_dropped_records(tmp_path: Path) -> None:
    three_days(tmp_path / "l")
    segment_files(tmp_path / "l" / "writer=w")[0].unlink()
    assert [(p.kind, p.seq) for p in verify(tmp_path / "l", keys=[KEY.public])] == [("dropped", 1)]


def test_a_note_by_another_key_is_not_believed(tmp_path: Path) -> None:
    three_days(tmp_path / "l")
    drop_before(tmp_path / "l", date(2026, 11, 21), SigningKey.generate("eve"))
    assert "wrong-signature" in [p.kind for p in verify(tmp_path / "l", keys=[KEY.public])]


def test_a_running_writer_is_not_cut_under_its_feet(tmp_path: Path) -> None:
    three_days(tmp_path / "l")
    with Ledger.open(tmp_path / "l", writer="w"), pytest.raises(LedgerError, match="another run"):
        drop_before(tmp_path / "l", date(2026, 11, 21), KEY)
