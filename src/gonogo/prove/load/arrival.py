"""When requests are due: seconds since a stage began, ascending. Pure; random ones come from a seed."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from gonogo.errors import UsageError


def constant(rate: float, seconds: float, begin: float = 0.0) -> Iterator[float]:
    """Yield `rate` moments a second, evenly spaced, for `seconds` from `begin`."""
    for number in range(math.ceil(rate * seconds - 1e-9)):
        yield begin + number / rate


def poisson(rate: float, seconds: float, begin: float = 0.0, seed: int = 7) -> Iterator[float]:
    """Yield moments of independent users, on average `rate` a second: gaps are exponential."""
    source = random.Random(seed)  # noqa: S311  (repeatable, not secret)
    at = source.expovariate(rate)
    while at < seconds:
        yield begin + at
        at += source.expovariate(rate)


def ramp(low: float, high: float, seconds: float, begin: float = 0.0) -> Iterator[float]:
    """Yield moments whose rate grows evenly from `low` to `high` a second: the n-th is where n have come due."""
    slope = (high - low) / seconds
    for number in range(math.ceil((low + high) / 2 * seconds - 1e-9)):
        # number = low t + slope t^2 / 2, solved in the form that also holds for a slope of 0
        yield begin + 2 * number / ((low + math.sqrt(max(0.0, low * low + 2 * slope * number))) or 1.0)


def spike(
    rate: float, factor: float, before_s: float, spike_s: float, after_s: float, seed: int = 7
) -> Iterator[float]:
    """Yield an ordinary rate, `factor` times as much for `spike_s`, and the ordinary rate again."""
    yield from poisson(rate, before_s, 0.0, seed)
    yield from poisson(rate * factor, spike_s, before_s, seed + 1)
    yield from poisson(rate, after_s, before_s + spike_s, seed + 2)


@dataclass(frozen=True)
class Past:
    """One request of a recorded trace: seconds since its first one, and tokens of its prompt where known."""

    at_s: float
    tokens: int | None = None


def recorded(lines: Iterable[str]) -> list[Past]:
    """Read a trace: CSV with a header, a column TIMESTAMP (a date and time, or seconds), and maybe ContextTokens.

    Raises `UsageError` where a line cannot be read. Moments are sorted and counted from the first one.
    """
    found: list[tuple[float, int | None]] = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        known = {(k or "").strip().lower(): v.strip() for k, v in row.items() if isinstance(v, str)}
        try:
            tokens = known.get("contexttokens")
            found.append((_moment(known["timestamp"]), int(tokens) if tokens else None))
        except (KeyError, ValueError):
            raise UsageError(
                f"line {number} of the trace has no moment in a column TIMESTAMP",
                mend="give a CSV file with the columns TIMESTAMP and, if known, ContextTokens",
            ) from None
    if not found:
        raise UsageError("the trace holds no request", mend="give a CSV file with a column TIMESTAMP")
    found.sort(key=lambda pair: pair[0])
    return [Past(at - found[0][0], tokens) for at, tokens in found]


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        whole, _, fraction = text.partition(".")  # seven digits of a second, where datetime reads six
        digits = fraction.rstrip("Z")
        moment = datetime.fromisoformat(whole)
        since = moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)
        return since.total_seconds() + (float(f"0.{digits}") if digits else 0.0)


def replayed(trace: Iterable[Past], seconds: float, rate: float | None = None) -> list[Past]:
    """Return the part of a trace that fills `seconds`.

    `rate` squeezes or stretches its time, so that so many a second come on average; its bursts stay as they are.
    """
    whole = list(trace)
    span = whole[-1].at_s
    factor = 1.0 if rate is None or span <= 0 else (len(whole) / span) / rate
    return [Past(past.at_s * factor, past.tokens) for past in whole if past.at_s * factor < seconds]
