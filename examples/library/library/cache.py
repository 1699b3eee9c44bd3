"""What was just found, by what was asked, by whom, and in which edition of the index."""

import json
import os
import time
from pathlib import Path

CACHE_S = float(os.environ.get("CACHE_S", "300"))
MOST = 1000
PUBLISHED = Path("published.json")
"""Written by each run of the indexer that changed something."""
_kept = {}


def key_of(asked):
    edition = PUBLISHED.read_text() if PUBLISHED.exists() else ""
    return edition, json.dumps(asked, sort_keys=True)


def get(asked):
    """Return what was found for the same question, filters and tenant in this edition; None where that is too old."""
    at, documents = _kept.get(key_of(asked), (0.0, None))
    return documents if time.time() - at < CACHE_S else None


def put(asked, documents):
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key_of(asked)] = time.time(), documents
