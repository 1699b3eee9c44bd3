"""Whether the store and the embedder answer; an alert goes out when one ceases to, and when it does again."""

import json
import os
import threading
import urllib.request

from library.wire import QDRANT, embedded, sent

PROBE_S = 1.0
"""How long a probe waits."""
well = {"store": True, "embedder": True}
_lock = threading.Lock()


def note(component, answers):
    """Take down whether a component just answered, and alert where that is news."""
    with _lock:
        news, well[component] = well[component] != answers, answers
    if news:
        alert(f"the {component} {'answers again' if answers else 'does not answer'}")


def probed():
    """Ask both components, and return which of them answer."""
    probes = {
        "store": lambda: sent("GET", f"{QDRANT}/collections", None, None, {}, PROBE_S),
        "embedder": lambda: embedded(["ready?"], None, PROBE_S),
    }
    for component, probe in probes.items():
        try:
            probe()
            note(component, True)
        except (OSError, ValueError, KeyError, TypeError):
            note(component, False)
    return dict(well)


def alert(text):
    """Tell the people on call; an alert that cannot be sent is printed."""
    print(f"alert: {text}", flush=True)
    if url := os.environ.get("ALERTS_URL"):
        request = urllib.request.Request(url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=2).close()
        except OSError as problem:
            print(f"error: the alert was not sent: {problem}", flush=True)
