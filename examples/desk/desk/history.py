"""What was said in a conversation, and as much of it as a request may carry."""

import threading
from collections import OrderedDict

BUDGET_TOKENS = 800
MOST = 1000
_kept = OrderedDict()
_lock = threading.Lock()


def add(user, conversation, question, answer):
    """Keep a turn, and forget the oldest conversation where there are too many."""
    with _lock:
        _kept.setdefault((user, conversation), []).append((question, answer))
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def recent(user, conversation):
    """Return the newest messages of a conversation that fit into the budget, in order."""
    left, messages = BUDGET_TOKENS, []
    with _lock:
        turns = list(_kept.get((user, conversation), ()))
    for question, answer in reversed(turns):
        left -= (len(question) + len(answer)) // 4
        if left < 0:
            break
        messages[:0] = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return messages
