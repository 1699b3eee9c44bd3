"""The one form in which a waiver's last day is written, and what is wrong with every other."""

from __future__ import annotations

import re
from datetime import date

from gonogo.errors import UsageError

LONGEST_DAYS = 90
"""How long a waiver may last, counted from the day that it is signed on."""
_FORMS = (
    (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), "YYYYMMDD without hyphens", (1, 2, 3)),
    (re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII), "day.month.year", (3, 2, 1)),
    (re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII), "year/month/day", (1, 2, 3)),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII), "a date without leading zeros", (1, 2, 3)),
)


def expiry(text: str, today: date) -> date:
    """Read the last day of a waiver, `YYYY-MM-DD`, inclusive in UTC; raises `UsageError` that names the right form."""
    given = text.strip()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise UsageError(f"--expires {text!r} is {_what(given)}, not a date", mend=_mend(given, today))
    try:
        day = date.fromisoformat(given)
    except ValueError as wrong:
        raise UsageError(f"--expires {text!r} is no day of the calendar: {wrong}", mend=_mend("", today)) from wrong
    if day < today:
        raise UsageError(f"--expires {day} is past (today is {today}, in UTC)", mend=_mend("", today))
    if (day - today).days > LONGEST_DAYS:
        latest = date.fromordinal(today.toordinal() + LONGEST_DAYS)
        raise UsageError(f"a waiver lasts at most {LONGEST_DAYS} days", mend=f"--expires {latest} or earlier")
    return day


def _what(given: str) -> str:
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", given):
        return "a moment; a waiver holds through the whole of its last day in UTC"
    if re.fullmatch(r"\+?\d+ ?[dwm]\w*", given):
        return "a length of time"
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", given):
        return "a form that is read as another day elsewhere"
    named = next((name for form, name, _ in _FORMS if form.fullmatch(given)), None)
    return f"written as {named}" if named else "no form that gonogo knows"


def _mend(given: str, today: date) -> str:
    """Return the same day in the right form where that is certain, else an example."""
    moment = re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]", given)
    if moment:
        return f"--expires {moment[1]}"
    for form, _, order in _FORMS:
        if found := form.fullmatch(given):
            try:
                return f"--expires {date(*(int(found[group]) for group in order))}"
            except ValueError:
                break
    return f"write YYYY-MM-DD, for example --expires {date.fromordinal(today.toordinal() + 30)}"
