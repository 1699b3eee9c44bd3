"""Compares what comes in with what the model was trained on, and names each feature that has drifted."""

import csv
import math
import threading
from bisect import bisect_right
from collections import Counter

from pricing import log

WINDOW = 200
"""Records of one comparison."""
LIMIT = 0.2
"""Population stability index above which a feature counts as drifted."""
NUMBERS = ("area_m2", "rooms", "built")
LEAST = 0.0005
_lock = threading.Lock()
_window = []


def bins(values, edges):
    """Return the share of each bin: tenths of the training data for numbers, names, and what is missing."""
    found = Counter(bisect_right(edges, v) if isinstance(v, (int, float)) else v for v in values)
    return {name: count / len(values) for name, count in found.items()}


def reference():
    """Return, for each feature, the edges of its bins and their shares in the training data."""
    with open("training.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for name in rows[0]:
        values = [(float(row[name]) if name in NUMBERS else row[name]) if row[name] else None for row in rows]
        numbers = sorted(v for v in values if isinstance(v, float))
        edges = [numbers[len(numbers) * tenth // 10] for tenth in range(1, 10)] if numbers else []
        found[name] = edges, bins(values, edges)
    return found


REFERENCE = reference()


def index(expected, seen):
    """Return the population stability index."""
    pairs = [(max(expected.get(k, 0), LEAST), max(seen.get(k, 0), LEAST)) for k in expected.keys() | seen.keys()]
    return sum((s - e) * math.log(s / e) for e, s in pairs)


def note(records):
    """Take records as they came; after a full window compare each feature, and tell which have drifted."""
    with _lock:
        _window.extend(records)
        if len(_window) < WINDOW:
            return
        rows, _window[:] = list(_window), []
    for name, (edges, shares) in REFERENCE.items():
        found = index(shares, bins([row.get(name) for row in rows], edges))
        if found > LIMIT:
            log.alert("drift", feature=name, psi=round(found, 2), rows=len(rows))
