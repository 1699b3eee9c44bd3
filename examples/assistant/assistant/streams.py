"""Answers that are streamed, kept for a while: a client that lost its connection gets the rest of what is paid for.

A client that does not come back within a few seconds frees the model.
"""

import contextlib
import secrets
import threading
import time
from collections import OrderedDict

from assistant import model

MOST = 500
GRACE_S = 3.0
_kept = OrderedDict()
_lock = threading.Lock()


class Stream:
    """The events of one answer, while it is made and after; any number of readers follow it."""

    def __init__(self, user):
        self.id, self.user = secrets.token_hex(16), user
        self.events, self.ended, self.readers, self.left = [], False, 0, time.monotonic()
        self.changed = threading.Condition()

    def add(self, name, data, last=False):
        with self.changed:
            self.events.append((name, data))
            self.ended = last
            self.changed.notify_all()
        return len(self.events), name, data

    def made(self, first, pieces):
        """Keep each event as it is made, and yield its number, name and data."""
        interrupted = {"error": {"code": "interrupted", "message": "the answer was interrupted"}}
        try:
            with contextlib.closing(pieces):
                yield self.add("piece", {"text": first})
                for piece in pieces:
                    yield self.add("piece", {"text": piece})
                yield self.add("end", {"done": True}, last=True)
        except model.Failed:
            yield self.add("error", interrupted, last=True)
        finally:
            if not self.ended:
                self.add("error", interrupted, last=True)

    def lead(self, events):
        """Yield the events to who asked first; where that one goes away, a thread of its own makes the rest."""
        self.readers = 1
        try:
            yield from iter(lambda: next(events, None), None)
        finally:
            with self.changed:
                self.readers -= 1
                self.left = time.monotonic()
            if not self.ended:
                threading.Thread(target=self.finish, args=(events,), daemon=True).start()

    def finish(self, events):
        """Make the rest, until the end or until nobody has been reading for a while."""
        with contextlib.closing(events):
            for _ in events:
                if self.abandoned():
                    break

    def abandoned(self):
        with self.changed:
            return not self.readers and time.monotonic() - self.left > GRACE_S

    def read(self, after):
        """Yield number, name and data of each event after this one, as they come."""
        with self.changed:
            self.readers += 1
        try:
            while True:
                with self.changed:
                    while len(self.events) <= after and not self.ended:
                        self.changed.wait()
                    news = self.events[after:]
                if not news:
                    return
                for name, data in news:
                    after += 1
                    yield after, name, data
        finally:
            with self.changed:
                self.readers -= 1
                self.left = time.monotonic()


def begin(user, first, pieces):
    """Return a stream, and its events as they are made, for who asked."""
    stream = Stream(user)
    with _lock:
        _kept[stream.id] = stream
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return stream, stream.lead(stream.made(first, pieces))


def again(last, user):
    """Return the stream of this user that an event belongs to, and its events after that; None where there is none."""
    id, _, number = last.partition(".")
    with _lock:
        stream = _kept.get(id)
    return (stream, stream.read(int(number))) if stream and stream.user == user and number.isdigit() else None
