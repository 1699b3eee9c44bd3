"""Answers that take long: the caller gets a place to look at (202), and the answer is there when it is ready."""

import secrets
import threading
from collections import OrderedDict

from assistant import log

MOST, AT_ONCE = 1000, 8
_jobs = OrderedDict()
_places = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()


class Full(Exception):
    """So many jobs are under way that one more would wait too long."""


def begin(user, trace, work):
    """Let `work` run in the background and return the id of the job."""
    if not _places.acquire(blocking=False):
        raise Full
    id = secrets.token_hex(16)
    with _lock:
        _jobs[id] = {"user": user, "status": 202, "document": {"status": "running"}}
        while len(_jobs) > MOST:
            _jobs.popitem(last=False)
    threading.Thread(target=_run, args=(id, trace, work), daemon=True).start()
    return id


def of(id, user):
    """Return status and document of a job of this user, None for another's too."""
    with _lock:
        job = _jobs.get(id)
        return (job["status"], job["document"]) if job and job["user"] == user else None


def _run(id, trace, work):
    try:
        status, document = work()
    except Exception as error:
        log.broken(error, trace)
        status, document = 503, {"error": {"code": "away", "message": "the job could not be done"}}
    finally:
        _places.release()
    with _lock:
        if id in _jobs:
            _jobs[id] |= {"status": status, "document": document}
