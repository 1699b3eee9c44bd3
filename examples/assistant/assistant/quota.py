"""How many requests and tokens a user may have in a day, and a session in its life; on disk, as the budget is."""

import os
import sqlite3
import threading
import time

REQUESTS = int(os.environ.get("USER_REQUESTS", "5000"))
TOKENS = int(os.environ.get("USER_TOKENS", "2000000"))
SESSION_TOKENS = int(os.environ.get("SESSION_TOKENS", "200000"))
DAY_S = 86400
_lock = threading.Lock()
_store = sqlite3.connect("usage.sqlite", check_same_thread=False, isolation_level=None)
_store.execute("PRAGMA synchronous = OFF")
_store.execute(
    "CREATE TABLE IF NOT EXISTS used (who TEXT, day INTEGER, requests INTEGER, tokens INTEGER, PRIMARY KEY (who, day))"
)


class Spent(Exception):
    """A quota is used up; `again` says in how many seconds there is a new one, None where there never is."""

    def __init__(self, said, again=None):
        super().__init__(said)
        self.again = again


def take(user, session, tokens):
    """Count a request and the tokens of its prompt, where the quotas of user and session still hold something."""
    with _lock:
        requests, used = _so_far(user, _today())
        if requests >= REQUESTS or used >= TOKENS:
            raise Spent("the quota of this user is used up for today", DAY_S - int(time.time()) % DAY_S)
        if session and _so_far(session, 0)[1] >= SESSION_TOKENS:
            raise Spent("this session has used up its tokens and is ended")
    charge(user, session, tokens, requests=1)


def charge(user, session, tokens, requests=0):
    """Count what was used."""
    with _lock:
        _add(user, _today(), requests, tokens)
        if session:
            _add(session, 0, requests, tokens)


def _today():
    return int(time.time()) // DAY_S


def _so_far(who, day):
    return _store.execute("SELECT requests, tokens FROM used WHERE who = ? AND day = ?", (who, day)).fetchone() or (
        0,
        0,
    )


def _add(who, day, requests, tokens):
    _store.execute(
        "INSERT INTO used VALUES (?, ?, ?, ?) ON CONFLICT (who, day) "
        "DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens",
        (who, day, requests, tokens),
    )
