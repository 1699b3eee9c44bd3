"""Holds calls while the provider limits its rate: in a queue of so many places, until it says that it opens again."""

import threading
import time

PLACES = 64
GAP_S = 0.1
LONGEST_S = 2.0
_turn = threading.Lock()
_places = threading.BoundedSemaphore(PLACES)
_opens = 0.0


class Full(Exception):
    """So many are waiting that one more would wait too long."""


def turn(wait):
    """Return at once while the provider takes calls; else wait in the queue, one leaving it after another."""
    if time.monotonic() >= _opens and not _turn.locked():
        return
    if not _places.acquire(blocking=False):
        raise Full
    try:
        if _turn.acquire(timeout=max(0.0, wait.left())):
            try:
                time.sleep(max(GAP_S, min(_opens, wait.ends) - time.monotonic()))
            finally:
                _turn.release()
    finally:
        _places.release()


def held(failure, wait):
    """Return whether a call that failed is to be made again when the provider opens: it says when, and that is soon."""
    global _opens
    if failure.status != 429 or failure.after is None or failure.after > LONGEST_S:
        return False
    if failure.after > wait.left():
        return False
    _opens = max(_opens, time.monotonic() + failure.after)
    return True
