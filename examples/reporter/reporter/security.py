"""Raises security events: bursts of attacks, guessed keys, answers that give away what nobody may read."""

import re
import threading
import time
from collections import deque

from reporter import alerts, model

ATTACK = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompt|above|previous)\b"
    r"|system prompt|developer mode|jailbreak|\bDAN\b|no restrictions|pretend (?:to be|you)|you are now|\bact as\b",
    re.I | re.S,
)
KEY = re.compile(r"\bsk-[A-Za-z0-9_-]{16,}")
WINDOW_S, ATTACKS, GUESSES = 60, 3, 8
times = {"attack burst": deque(maxlen=100), "guessed keys": deque(maxlen=100)}
limits = {"attack burst": ATTACKS, "guessed keys": GUESSES}
raised = {}
counting = threading.Lock()


def happened(kind):
    """Count one sign of an attack; the event is raised when they come in a burst, once a window."""
    with counting:
        now = time.monotonic()
        times[kind].append(now)
        recent = sum(t > now - WINDOW_S for t in times[kind])
        due = recent >= limits[kind] and now - raised.get(kind, -WINDOW_S) >= WINDOW_S
        if due:
            raised[kind] = now
    if due:
        alerts.send("SECURITY_URL", event=kind, count=recent)


def question(text):
    if ATTACK.search(text):
        happened("attack burst")


def leaks(answer):
    """Tell whether an answer gives away a key or the instructions, and raise the event."""
    what = "key" if KEY.search(answer) else "instructions" if model.SYSTEM in answer else None
    if what:
        alerts.send("SECURITY_URL", event="leak in an answer", what=what)
    return what is not None
