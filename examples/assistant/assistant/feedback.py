"""How users rated answers: a line each, with what the answer rested on."""

import json
import threading
import time

from assistant import redact

PLACE = "feedback.jsonl"
RATINGS = ("up", "down")
_lock = threading.Lock()


def keep(id, rating, found):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record = {"time": at, "level": "info", "service": "assistant", "trace": id, "user": found["user"], "rating": rating}
    more = {"release": found["release"], "model": found["model"], "prompt": redact.private(found["question"])}
    with _lock, open(PLACE, "a", encoding="utf-8") as file:
        file.write(json.dumps({**record, **more}) + "\n")
