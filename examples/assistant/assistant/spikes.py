"""Tells when a user's spend on a feature rises far above what the same hour usually takes."""

import statistics
import threading
import time
from collections import defaultdict

HOUR_S, DAY, LEAST_DAYS = 3600, 24, 3
TIMES = 3
_lock = threading.Lock()
_spent = defaultdict(lambda: defaultdict(int))
"""Millionths of a dollar by user and feature, and by hour."""
_told = set()


def add(user, feature, micro, tell):
    """Count what a call cost, and call `tell` with a record once in an hour that is out of the ordinary."""
    hour = int(time.time() // HOUR_S)
    with _lock:
        hours = _spent[user, feature]
        hours[hour] += micro
        usual = _usual(hours, hour)
        new = usual is not None and hours[hour] > TIMES * usual and (user, feature, hour) not in _told
        if new:
            _told.add((user, feature, hour))
    if new:
        tell({"event": "spend_rise", "key": user, "feature": feature, "micro_usd": hours[hour], "usual": usual})


def _usual(hours, hour):
    """Return the median of the last week's days, an hour early or late; None for a user who is new."""
    first = min(hours)
    days = [hour - DAY * d for d in range(1, 8) if hour - DAY * d > first]
    most = [max(hours.get(h + beside, 0) for beside in (-1, 0, 1)) for h in days]
    return statistics.median(most) if len(days) >= LEAST_DAYS else None
