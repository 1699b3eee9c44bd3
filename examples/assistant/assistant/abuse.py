"""Who guesses credentials, sends one bad request after another or tries one address after another waits for a while.

What is counted is counted by user, and by network address where nobody is signed in: both see no more than themselves.
"""

import threading
import time
from collections import defaultdict, deque

from assistant import log

WINDOW_S = 60
BLOCKED_S = 600
MOST = {"credentials": 20, "refusals": 30, "unknown": 30}
_seen = defaultdict(deque)
_blocked = {}
_lock = threading.Lock()


def kind(status):
    """Return what a status counts as, None where it is nothing bad."""
    return {401: "credentials", 404: "unknown", 400: "refusals", 413: "refusals", 422: "refusals"}.get(status)


def note(who, what, trace):
    """Count something bad; beyond the limit block whoever did it, and say so."""
    now = time.monotonic()
    with _lock:
        seen = _seen[who, what]
        seen.append(now)
        while now - seen[0] > WINDOW_S:
            seen.popleft()
        if len(seen) < MOST[what]:
            return
        seen.clear()
        _blocked[who] = now + BLOCKED_S
    log.line("warning", f"blocked for {BLOCKED_S} s", trace, event="blocked", who=who, why=what, count=MOST[what])


def wait(who):
    """Return for how many seconds somebody is still blocked, None where nobody is."""
    with _lock:
        left = _blocked.get(who, 0) - time.monotonic()
        if left > 0:
            return int(left) + 1
        _blocked.pop(who, None)
    return None
