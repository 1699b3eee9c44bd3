"""How often one user may ask."""

import os
import threading
import time
from collections import defaultdict, deque

PER_MINUTE = int(os.environ.get("ASK_PER_MINUTE", "60"))
_seen = defaultdict(deque)
_lock = threading.Lock()


def wait(user):
    """Return how long this user has to wait, None where it may ask now."""
    now = time.monotonic()
    with _lock:
        calls = _seen[user]
        while calls and now - calls[0] > 60:
            calls.popleft()
        if len(calls) >= PER_MINUTE:
            return 61 - (now - calls[0])
        calls.append(now)
    return None
