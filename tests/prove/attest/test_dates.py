"""One test per form in which somebody may write a waiver's last day."""

from datetime import date

import pytest

from gonogo.errors import UsageError
from gonogo.prove.attest.dates import expiry

TODAY = date(2026, 11, 21)


def refused(text):
    with pytest.raises(UsageError) as wrong:
        expiry(text, TODAY)
    assert "\n" not in wrong.value.message
    return f"{wrong.value.message} -> {wrong.value.mend}"


def test_the_right_form_is_taken():
    assert expiry("2026-12-31", TODAY) == date(2026, 12, 31)


def test_today_is_still_a_day_and_yesterday_is_not():
    assert expiry("2026-11-21", TODAY) == TODAY
    assert "past" in refused("2026-11-20")


def test_ninety_days_are_the_most():
    assert expiry("2027-02-19", TODAY) == date(2027, 2, 19)
    assert "--expires 2027-02-19 or earlier" in refused("2027-02-20")


def test_digits_without_hyphens_are_refused_with_the_right_form():
    assert refused("20261231").endswith("without hyphens, not a date -> --expires 2026-12-31")


def test_day_month_year_with_dots_is_refused_with_the_right_form():
    assert refused("31.12.2026").endswith("--expires 2026-12-31")


def test_slashes_with_the_year_first_are_refused_with_the_right_form():
    assert refused("2026/12/31").endswith("--expires 2026-12-31")


def test_slashes_with_the_year_last_mean_two_days_and_nothing_is_guessed():
    assert "another day elsewhere" in refused("12/11/2026") and "2026-12-11" not in refused("12/11/2026")


def test_a_date_without_leading_zeros_is_refused_with_the_right_form():
    assert refused("2026-12-1").endswith("--expires 2026-12-01")


def test_a_moment_with_a_zone_is_refused_with_its_day():
    assert refused("2026-12-31T10:00:00+02:00").endswith("--expires 2026-12-31")


def test_a_moment_without_a_zone_is_refused_with_its_day():
    assert refused("2026-12-31 10:00").endswith("--expires 2026-12-31")


def test_a_length_of_time_is_refused():
    assert "a length of time" in refused("30d")


def test_a_day_that_no_calendar_has_is_refused():
    assert "no day of the calendar" in refused("2026-02-30")


def test_a_day_that_no_calendar_has_is_not_offered_as_the_right_form():
    assert refused("31.02.2027").endswith("for example --expires 2026-12-21")


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-12", "٢٠٢٦-١٢-٣١", "2026-12-31; rm", "-1"])
def test_anything_else_is_refused_with_an_example(text):
    assert "for example --expires 2026-12-21" in refused(text)
