"""Moments in UTC. The gate never reads a clock: now is handed in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

SKEW = timedelta(minutes=5)
"""How far another machine's clock may run ahead before what it dated counts as dated in the future."""


def utc(moment: datetime) -> datetime:
    """Return the moment in UTC; one without a zone is taken to be UTC already, as facts are."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_future(moment: datetime, now: datetime) -> bool:
    """Tell whether something is dated later than now, beyond what clocks differ by."""
    return utc(moment) > now + SKEW


def end_of(day: date) -> datetime:
    """Return the first moment in UTC after `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def shown(moment: datetime) -> str:
    """Return the moment to the minute, as sentences show it."""
    return utc(moment).strftime("%Y-%m-%d %H:%M UTC")
