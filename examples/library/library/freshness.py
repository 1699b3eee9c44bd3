"""How long ago each source was indexed, and the alert where that is too long."""

import json
import os
import threading
import time
from pathlib import Path

from library.health import alert

MAX_LAG_S = 3600 * float(os.environ.get("MAX_LAG_HOURS", "24"))
UPDATED = Path("updated.json")
"""When the indexer last came to its end, by source, in seconds since 1970."""
EVERY_S = 1.0


def indexed(source):
    """Note that a source was indexed just now."""
    whole = UPDATED.with_suffix(".new")
    whole.write_text(json.dumps(updates() | {source: time.time()}))
    whole.replace(UPDATED)


def updates():
    return json.loads(UPDATED.read_text()) if UPDATED.exists() else {}


def ages():
    """Return how old each source is in the index, in seconds."""
    return {source: round(time.time() - at, 1) for source, at in updates().items()}


def watch():
    """Alert once for each source that grows too old, for ever."""
    stale = set()
    while True:
        late = {source for source, age in ages().items() if age > MAX_LAG_S}
        for source in late - stale:
            alert(f"the index of {source} is stale: it was last updated {ages()[source]:.0f} s ago")
        stale = late
        time.sleep(EVERY_S)


def start():
    threading.Thread(target=watch, daemon=True).start()
