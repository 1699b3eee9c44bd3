"""Sends what people or other systems must know of."""

import json
import os
import urllib.request


def send(where, **message):
    """Post a message to the address in the variable `where`; return whether it arrived."""
    body = json.dumps(message).encode()
    request = urllib.request.Request(os.environ[where], body, {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=5).close()
        return True
    except OSError:
        return False
