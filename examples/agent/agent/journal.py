"""What the steps of a task gave, in a file of its own: a task that was cut off goes on behind the last of them.

Who sends a task names it by an `Idempotency-Key`, and gets on with it by sending it again. The steps are gone through
from the first one; what is on record is not done again. A step that was under way is, and has the same key as before.
"""

import contextlib
import hashlib
import json
import os
import secrets
from pathlib import Path
from threading import Lock

PLACE = Path("journal")
OPENING = Lock()
under_way = set()


class Busy(Exception):
    """This task is under way."""


@contextlib.contextmanager
def opened(user, key, text):
    """Give the journal of a task; nothing of one without a key is kept. Raises Busy."""
    id = hashlib.sha256(json.dumps([user, key, text]).encode()).hexdigest() if key else secrets.token_hex(32)
    with OPENING:
        if id in under_way:
            raise Busy("this task is under way")
        under_way.add(id)
    try:
        yield Journal(id, PLACE / f"{id}.jsonl" if key else None)
    finally:
        under_way.discard(id)


class Journal:
    def __init__(self, id, file):
        self.id, self.file, self.number, self.known = id, file, 0, []
        if file and file.exists():
            text = file.read_bytes()
            whole = text[: text.rfind(b"\n") + 1]  # a line that was cut off is no record
            os.truncate(file, len(whole))
            self.known = [json.loads(line) for line in whole.splitlines()]

    @property
    def key(self):
        """What others know the step by that is under way."""
        return f"{self.id[:32]}-{self.number}"

    def step(self, do, *given):
        """Return what a step gives, or what it gave before."""
        self.number += 1
        if self.number <= len(self.known):
            return self.known[self.number - 1]
        gave = do(*given)
        if self.file:
            PLACE.mkdir(mode=0o700, exist_ok=True)
            with self.file.open("a") as file:
                file.write(json.dumps(gave) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return gave
