from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from gonogo.gate.moments import end_of, in_future, shown, utc
from tests.gate.build import NOW

EAST = timezone(timedelta(hours=9))


def test_moments_are_compared_in_utc_and_one_without_a_zone_is_utc():
    assert utc(datetime(2026, 3, 11, 8, 0, tzinfo=EAST)) == datetime(2026, 3, 10, 23, 0, tzinfo=UTC)
    assert utc(datetime(2026, 3, 11, 8, 0, tzinfo=EAST)).tzinfo is UTC
    assert utc(datetime(2026, 3, 10, 8, 0)) == datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


def test_clocks_may_differ_by_five_minutes():
    assert not in_future(NOW + timedelta(minutes=5), NOW)
    assert in_future(NOW + timedelta(minutes=5, seconds=1), NOW)


def test_a_day_ends_with_the_first_moment_after_it():
    assert end_of(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert end_of(date(2028, 2, 28)) == datetime(2028, 2, 29, tzinfo=UTC)


def test_sentences_show_minutes_in_utc():
    assert shown(datetime(2026, 3, 11, 8, 5, 59, tzinfo=EAST)) == "2026-03-10 23:05 UTC"
