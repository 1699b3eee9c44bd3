"""Alert rules of the service itself: latency and errors of the last minutes."""

import statistics
import threading
import time
from collections import deque

from reporter import alerts

WINDOW_S, LEAST = 300, 3
P95_S, ERROR_SHARE = 1.0, 0.01
EVERY_S = 0.5
seen = deque(maxlen=5_000)
firing = set()


def took(seconds, failed):
    seen.append((time.time(), seconds, failed))


def broken():
    """Return the rules that are broken now, each with its figure."""
    recent = [one for one in list(seen) if one[0] > time.time() - WINDOW_S]
    if len(recent) < LEAST:
        return {}
    p95 = statistics.quantiles([s for _, s, _ in recent], n=20, method="inclusive")[-1]
    share = sum(failed for _, _, failed in recent) / len(recent)
    rules = {"latency p95": (p95, P95_S), "error rate": (share, ERROR_SHARE)}
    return {name: value for name, (value, most) in rules.items() if value > most}


def tell(name, status, value=None):
    """Say once that a rule is broken, and once that it holds again."""
    if (status == "firing") != (name in firing):
        firing.symmetric_difference_update([name])
        alerts.send("ALERTS_URL", alert=name, status=status, value=value)


def watching():
    while True:
        time.sleep(EVERY_S)
        now = broken()
        for name in ("latency p95", "error rate"):
            tell(name, "firing" if name in now else "resolved", now.get(name))


def begin():
    threading.Thread(target=watching, daemon=True).start()
