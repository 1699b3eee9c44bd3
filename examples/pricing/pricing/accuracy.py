"""Holds prices against what flats were really sold for, by the day on which that was told and the model's version."""

import threading

from pricing import log

BASELINE = 0.08
"""The share by which prices were off on average when the model was released."""
WORSE = 1.05
LEAST = 200
"""Labels of a day and version below which a mean says little."""
_lock = threading.Lock()
_made = {}
_errors = {}


def made(record):
    """Remember a price of the model, for the day on which its label comes; a fallback is none."""
    if not record["fallback"]:
        _made[record["id"]] = record["output"], record["version"]


def labelled(record, tell=True):
    """Join a label to its price, and tell when the prices of a day are off by more than they may be."""
    price, version = _made.get(record["id"], (None, None))
    if price is None or record["feedback"] <= 0:
        return
    with _lock:
        errors = _errors.setdefault((record["timestamp"][:10], version), [])
        errors.append(abs(price - record["feedback"]) / record["feedback"])
        off = sum(errors) / len(errors)
        crossed = len(errors) >= LEAST and off > BASELINE * WORSE
    if tell and crossed and len(errors) % LEAST == 0:
        log.alert("accuracy", mape=round(off, 4), baseline=BASELINE, version=version, labels=len(errors))


def told(_):
    """Return how far prices were off, by day and version."""
    return [
        {"date": day, "version": version, "mape": round(sum(errors) / len(errors), 4), "labels": len(errors)}
        for (day, version), errors in sorted(_errors.items())
    ]


for _record in log.kept():
    if "features" in _record:
        made(_record)
    elif "feedback" in _record:
        labelled(_record, tell=False)
