"""How far the values of a feature are from a reference: the population stability index and Kolmogorov-Smirnov. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence

Value = float | str | None
"""A value of a feature: a number, the name of a category, None where it is missing."""

_BINS = 10
_LEAST = 1e-4
"""The share that an empty bin counts as, so that the index stays finite."""


def psi(reference: Sequence[Value], seen: Sequence[Value]) -> float:
    """Return the population stability index of `seen` against `reference`.

    Numbers fall into bins that hold a tenth of the reference each; each category, and what is missing, is a bin.
    """
    numbers = sorted(v for v in reference if isinstance(v, int | float))
    edges = [numbers[len(numbers) * n // _BINS] for n in range(1, _BINS)] if numbers else []

    def shares(values: Sequence[Value]) -> Counter[Hashable]:
        return Counter(bisect_right(edges, v) if isinstance(v, int | float) else v for v in values)

    expected, found = shares(reference), shares(seen)
    index = 0.0
    for place in expected.keys() | found.keys():
        e = max(expected[place] / len(reference), _LEAST)
        f = max(found[place] / len(seen), _LEAST)
        index += (f - e) * math.log(f / e)
    return index


def ks(reference: Sequence[Value], seen: Sequence[Value]) -> tuple[float, float] | None:
    """Return the largest distance of the two distributions of numbers, 0 to 1, and its p value; None without numbers.

    The p value is that of the limit distribution, good from some 20 numbers on.
    """
    a, b = (sorted(v for v in values if isinstance(v, int | float)) for values in (reference, seen))
    if not a or not b:
        return None
    distance = max(abs(bisect_right(a, v) / len(a) - bisect_right(b, v) / len(b)) for v in {*a, *b})
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    x = (root + 0.12 + 0.11 / root) * distance
    if x < 0.2:  # the series converges slowly there, and the value is 1 to twelve places
        return distance, 1.0
    p = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, p))
