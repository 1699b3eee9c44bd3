"""Answers from the cache, where it has them. A cache that is away, slow or wrong is passed by; equal questions at the
same time are asked once."""

import hashlib
import hmac
import http.client
import json
import threading
import time

from desk import settings
from desk.pool import Full, Pool

SECONDS = 600
PATIENCE_S = 0.6
FAILURES = 2
REST_S = 10.0
POOL = Pool(settings.CACHE, size=8, wait_s=0.3)
_rests_until = 0.0
_failures = 0
_under_way = {}
_lock = threading.Lock()


def key(*parts):
    """Return the key of a request: whose it is, and everything that its answer depends on."""
    whole = [*parts, settings.SMALL, settings.LARGE, settings.TEMPERATURE, settings.INSTRUCTIONS]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def answer(key, make):
    """Return what is cached under a key, else what `make` returns; who comes while it is made waits for the same."""
    if found := look(key):
        return found
    with _lock:
        mine = key not in _under_way
        turn = _under_way.setdefault(key, {"done": threading.Event()})
    if not mine:
        turn["done"].wait(10)
        if "made" in turn:
            return turn["made"]
        return make()
    try:
        turn["made"] = make()
        keep(key, turn["made"])
        return turn["made"]
    finally:
        with _lock:
            del _under_way[key]
        turn["done"].set()


def look(key):
    """Return what is cached, None where nothing is, or what is there is not what was kept."""
    status, body = ask("GET", f"/{key}")
    try:
        entry = json.loads(body) if status == 200 else {}
        return entry["value"] if hmac.compare_digest(entry["seal"], seal(key, entry["value"])) else None
    except (ValueError, KeyError, TypeError):
        return None


def keep(key, value):
    body = json.dumps({"value": value, "seal": seal(key, value)}).encode()
    threading.Thread(target=ask, args=("PUT", f"/{key}", body, 2.0), daemon=True).start()


def purge():
    """Forget everything; return whether that was done."""
    return ask("DELETE", "/", patience=2.0)[0] == 204


def answers():
    """Return whether the cache answers at all."""
    return ask("GET", "/none", patience=1.0)[0] == 404


def seal(key, value):
    return hmac.new(settings.KEY.encode(), json.dumps([key, value]).encode(), "sha256").hexdigest()


def ask(method, path, body=None, patience=None):
    """Ask the cache; one that failed twice in a row rests a while, so that not everybody waits for it."""
    global _rests_until, _failures
    if patience is None and time.monotonic() < _rests_until:
        return 0, b""
    try:
        with POOL.link(patience or PATIENCE_S) as link:
            link.request(method, path, body, {"X-Seconds": str(SECONDS)})
            reply = link.getresponse()
            found = reply.status, reply.read(1_000_000)
        _failures = 0
        return found
    except Full:
        return 0, b""
    except (OSError, http.client.HTTPException, ValueError):
        _failures += 1
        if _failures >= FAILURES:
            _rests_until = time.monotonic() + REST_S
        return 0, b""
