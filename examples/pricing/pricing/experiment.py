"""Gives half of the users the prices of a new model, and compares how far the prices of both were off."""

import hashlib
import json
import math
import os
import statistics
import sys

from pricing import log

NAME, NEW = os.environ.get("EXPERIMENT"), os.environ.get("EXPERIMENT_MODEL")


def model_for(user):
    """Return the model for a user: always the same one in an experiment, and by chance over all users."""
    if not (NAME and NEW and user):
        return "price"
    return NEW if hashlib.sha256(f"{NAME}/{user}".encode()).digest()[0] < 128 else "price"


def compared(name):
    """Return how far prices were off by model, and how likely such a difference is by chance (two-sided z test)."""
    made, errors = {}, {}
    for record in log.kept():
        if record.get("experiment") == name:
            made[record["id"]] = record["model"], record["output"]
        elif "feedback" in record and record["id"] in made:
            model, price = made[record["id"]]
            errors.setdefault(model, []).append(abs(price - record["feedback"]) / record["feedback"])
    if len(errors) != 2 or min(map(len, errors.values())) < 20:
        return {"error": "too few labels"}
    (a, b) = errors.values()
    z = (statistics.fmean(a) - statistics.fmean(b)) / math.sqrt(
        statistics.variance(a) / len(a) + statistics.variance(b) / len(b)
    )
    off = {model: {"mape": round(statistics.fmean(e), 4), "labels": len(e)} for model, e in errors.items()}
    return {"p_value": math.erfc(abs(z) / math.sqrt(2)), "models": off}


if __name__ == "__main__":
    print(json.dumps(compared(sys.argv[1])))
