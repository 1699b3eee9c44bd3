"""Sessions of users: they end when nobody uses them, after half a day at the latest, and when somebody ends them.

Only a digest of the token is kept: who reads the store cannot take over a session.
"""

import hashlib
import secrets
import sqlite3
import threading
import time

IDLE_S = 30 * 60
LONGEST_S = 12 * 3600
_lock = threading.Lock()
_store = sqlite3.connect("sessions.sqlite", check_same_thread=False, isolation_level=None)
_store.execute("PRAGMA synchronous = OFF")
_store.execute("CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user TEXT, opened REAL, used REAL)")


def open(user):
    """Return the token of a new session."""
    token = secrets.token_urlsafe(32)
    now = time.time()
    with _lock:
        _store.execute("DELETE FROM sessions WHERE used < ? OR opened < ?", (now - IDLE_S, now - LONGEST_S))
        _store.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (id_of(token), user, now, now))
    return token


def user_of(token):
    """Return whose session this is, None where it has ended or never was; looking keeps it from ending."""
    now, id = time.time(), id_of(token)
    with _lock:
        found = _store.execute("SELECT user, opened, used FROM sessions WHERE id = ?", (id,)).fetchone()
        if not found:
            return None
        user, opened, used = found
        if now - used > IDLE_S or now - opened > LONGEST_S:
            _store.execute("DELETE FROM sessions WHERE id = ?", (id,))
            return None
        _store.execute("UPDATE sessions SET used = ? WHERE id = ?", (now, id))
    return user


def close(id):
    """End one session."""
    with _lock:
        _store.execute("DELETE FROM sessions WHERE id = ?", (id,))


def revoke(user):
    """End all sessions of a user."""
    with _lock:
        _store.execute("DELETE FROM sessions WHERE user = ?", (user,))


def id_of(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
