"""What was asked and answered, by user: nobody gets at another's."""

import threading
from collections import OrderedDict

MOST = 10_000
_kept = OrderedDict()
_lock = threading.Lock()


def keep(id, user, question, answer, **by):
    """Keep one, and forget the oldest where there are too many."""
    with _lock:
        _kept[id] = {"user": user, "title": "", "question": question, "answer": answer, **by}
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def of(id, user):
    """Return a conversation of this user; None for another's too, so that nobody learns which ids there are."""
    with _lock:
        found = _kept.get(id)
        return dict(found) if found and found["user"] == user else None


def rename(id, user, title):
    """Give a conversation of this user a title; return whether there is one."""
    with _lock:
        found = _kept.get(id)
        if not found or found["user"] != user:
            return False
        found["title"] = title
        return True
