"""How often one user may ask, and how many are answered at once."""

import os
import threading
import time
from collections import defaultdict, deque
from contextlib import contextmanager

PER_MINUTE = int(os.environ.get("ASK_PER_MINUTE", "60"))
MOST_FLAGGED = 5
FLAGGED_S = 600
AT_ONCE = 256
_places = threading.BoundedSemaphore(AT_ONCE)
_seen = defaultdict(deque)
_flags = defaultdict(deque)
_lock = threading.Lock()


def wait(user):
    """Return how long this user has to wait, None where it may ask now."""
    now = time.monotonic()
    with _lock:
        flags = _flags[user]
        while flags and now - flags[0] > FLAGGED_S:
            flags.popleft()
        if len(flags) >= MOST_FLAGGED:
            return FLAGGED_S + 1 - (now - flags[0])
        calls = _seen[user]
        while calls and now - calls[0] > 60:
            calls.popleft()
        if len(calls) >= PER_MINUTE:
            return 61 - (now - calls[0])
        calls.append(now)
    return None


def flag(user):
    """Remember that this user sent something suspicious; who does so too often has to wait."""
    with _lock:
        _flags[user].append(time.monotonic())


class Full(Exception):
    """So many are being answered that one more would make all of them wait."""


@contextmanager
def place():
    """Take one of the places of those who are answered at once; whoever finds none is told so, and does not queue."""
    if not _places.acquire(blocking=False):
        raise Full
    try:
        yield
    finally:
        _places.release()
