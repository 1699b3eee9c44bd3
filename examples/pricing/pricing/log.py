"""Keeps each prediction with what it rests on, and tells people when the model fails."""

import json
import os
import sys
import threading
import urllib.request
from datetime import UTC, datetime

PLACE = "predictions.jsonl"
ALERTS = os.environ.get("ALERTS_URL")
_lock = threading.Lock()


def keep(**what):
    """Append one record, and return it; it is on disk before the answer leaves."""
    record = {"timestamp": datetime.now(UTC).isoformat(), **what}
    with _lock, open(PLACE, "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    return record


def kept(id=None):
    """Return the records that were kept so far, all or those of one prediction."""
    if not os.path.exists(PLACE):
        return []
    with open(PLACE, encoding="utf-8") as file:
        return [json.loads(line) for line in file if id is None or id in line]


def alert(event, **more):
    """Say in the log, and to whoever is on duty, that something is wrong."""
    text = json.dumps({"level": "error", "event": event, **more})
    print(text, file=sys.stderr, flush=True)
    if ALERTS:
        threading.Thread(target=_post, args=(text.encode(),), daemon=True).start()


def _post(body):
    try:
        urllib.request.urlopen(urllib.request.Request(ALERTS, body, {"Content-Type": "application/json"}), timeout=2)
    except OSError as error:
        print(json.dumps({"level": "error", "event": "alert_lost", "error": str(error)}), file=sys.stderr, flush=True)
