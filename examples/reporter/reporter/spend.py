"""What each key spends on each feature by the hour, held against the same hour of the days before."""

import statistics
import threading
import time
from collections import defaultdict

from reporter import alerts

USD_PER_TOKEN = 0.6e-6
HOUR_S, DAY = 3600, 24
SPIKE, LEAST_DAYS = 3, 3
hours = defaultdict(float)
told = set()
counting = threading.Lock()


def usual(key, feature, hour):
    """Return what this hour, or the one before or after, takes at most on a usual day; None for a key that is new."""
    first = min((h for k, f, h in hours if (k, f) == (key, feature)), default=hour)
    days = [hour - DAY * d for d in range(1, 8) if hour - DAY * d > first]
    spends = [max(hours.get((key, feature, h + beside), 0.0) for beside in (-1, 0, 1)) for h in days]
    return statistics.median(spends) if len(spends) >= LEAST_DAYS else None


def spent(key, feature, tokens):
    """Count what a call took; an hour far above the usual is told once."""
    hour = int(time.time() // HOUR_S)
    with counting:
        hours[key, feature, hour] += tokens * USD_PER_TOKEN
        usd, before = hours[key, feature, hour], usual(key, feature, hour)
        unusual = before is not None and usd > SPIKE * before and (key, feature, hour) not in told
        if unusual:
            told.add((key, feature, hour))
    if unusual:
        alerts.send(
            "ALERTS_URL", event="spend anomaly", key=key, feature=feature, usd=round(usd, 6), usual=round(before, 6)
        )
