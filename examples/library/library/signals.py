"""Keeps which documents each answer showed, and what users made of them, a JSON line each."""

import json
import secrets
import time
from pathlib import Path

FILE = Path("signals.jsonl")
LATEST = 1000
_shown = {}


def shown(documents):
    """Keep what an answer shows, and return the answer's id."""
    answer = secrets.token_hex(8)
    if len(_shown) >= LATEST:
        _shown.pop(next(iter(_shown)))
    _shown[answer] = [{"id": id, "rank": rank} for rank, id in enumerate(documents, 1)]
    keep({"answer": answer, "signal": "shown", "documents": _shown[answer]})
    return answer


def given(signal):
    """Keep a click or a vote on an answer; raises KeyError or ValueError where there is no such answer or document."""
    documents = _shown[signal["answer"]]
    if signal["signal"] == "click":
        documents = [one for one in documents if one["id"] == signal["document"]]
    elif signal["signal"] != "vote" or not isinstance(signal["up"], bool):
        raise ValueError("unknown signal")
    if not documents:
        raise ValueError("the answer did not show this document")
    up = {"up": signal["up"]} if signal["signal"] == "vote" else {}
    keep({"answer": signal["answer"], "signal": signal["signal"], "documents": documents} | up)


def keep(record):
    with FILE.open("a") as file:
        file.write(json.dumps({"time": time.time(), **record}) + "\n")
