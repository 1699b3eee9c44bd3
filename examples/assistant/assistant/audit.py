"""Who used the rights of an administrator: one line each, on disk before the answer leaves."""

import json
import threading
import time

PLACE = "audit.jsonl"
_lock = threading.Lock()


def keep(who, action, target, result):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record = {"time": at, "level": "info", "service": "assistant", "who": who, "action": action, "target": target}
    line = json.dumps({**record, "result": result})
    with _lock, open(PLACE, "a", encoding="utf-8") as file:
        file.write(line + "\n")
