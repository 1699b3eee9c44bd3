"""What is spent under a shifted clock counts in the month that the clock shows."""

from datetime import date

from gonogo.prove.lab.procedures.budgets import next_is_of_another_month


def test_the_day_after_the_last_is_of_another_month():
    assert next_is_of_another_month(date(2026, 11, 30))
    assert next_is_of_another_month(date(2026, 12, 31))
    assert not next_is_of_another_month(date(2026, 11, 29))
