"""Bounds how many distinct prices one caller gets in a day: who has enough of them has copied the model."""

import json
import threading
import time

from pricing import log

PER_DAY = 3000
"""A twentieth of the prices that would copy the model."""
DAY_S = 86_400
_callers = {}
_lock = threading.Lock()


def wait(caller, given):
    """Note what a caller asks for; return for how many seconds he gets no more, 0 where he gets this."""
    now = time.time()
    with _lock:
        began, asked = _callers.get(caller, (now, set()))
        if now - began >= DAY_S:
            began, asked = now, set()
        more = asked | {hash(json.dumps(record, sort_keys=True)) for record in given}
        _callers[caller] = began, more if len(more) <= PER_DAY else asked
    if len(more) <= PER_DAY:
        return 0
    log.alert("extraction", caller=caller, distinct=len(asked))
    return int(began + DAY_S - now) + 1
