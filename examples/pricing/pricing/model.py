"""Asks the model, and takes no answer for a price that is none."""

import json
import math
import os
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

BASE = urlsplit(os.environ["MODEL_URL"])
VERSION = "2026.11"
LIMIT_S = 0.6
LOW, HIGH = 5_000, 20_000_000


class Failed(Exception):
    """The model gave no price."""


def price(record, name="price"):
    """Return the price of a model, within the limit; `Failed` otherwise."""
    ends = time.monotonic() + LIMIT_S
    connection = HTTPConnection(BASE.hostname, BASE.port, timeout=LIMIT_S)
    try:
        connection.request("POST", f"/v1/models/{name}:predict", json.dumps({"instances": [record]}))
        connection.sock.settimeout(max(0.01, ends - time.monotonic()))
        reply = connection.getresponse()
        if reply.status != 200:
            raise Failed(f"the model answered {reply.status}")
        return checked(json.loads(reply.read(65536))["predictions"][0])
    except (OSError, HTTPException, ValueError, KeyError, IndexError, TypeError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()


def checked(value):
    """Return a price that can be one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Failed(f"{value!r} is no price")
    if not LOW <= value <= HIGH:
        raise Failed(f"{value!r} is outside {LOW} to {HIGH}")
    return value
