"""What was said in each conversation, where every instance of the service finds it."""

import contextlib
import os
import sqlite3

FILE = "data/conversations.db"
LATEST = 20


@contextlib.contextmanager
def opened():
    os.makedirs("data", exist_ok=True)
    with contextlib.closing(sqlite3.connect(FILE, timeout=5)) as store, store:
        store.execute("create table if not exists turns (user, conversation, question, answer)")
        yield store


def turns(user, conversation):
    """Return the turns of a conversation of this user, as the model takes them."""
    with opened() as store:
        found = store.execute(
            "select question, answer from turns where user = ? and conversation = ? order by rowid desc limit ?",
            (user, conversation, LATEST),
        ).fetchall()
    roles = ("user", "assistant")
    return [{"role": r, "content": text} for pair in reversed(found) for r, text in zip(roles, pair, strict=True)]


def keep(user, conversation, question, answer):
    with opened() as store:
        store.execute("insert into turns values (?, ?, ?, ?)", (user, conversation, question, answer))
