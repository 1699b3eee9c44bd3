"""One line of JSON on standard output for each turn of a task: whose it was, and what it took."""

import json
import threading
import time

FEATURE = "tasks"
USD_IN, USD_OUT = 0.15e-6, 0.60e-6
writing = threading.Lock()


def turn(trace, user, number, model, usage, seconds):
    """Keep what a turn took, as the provider counted it, before its answer is acted on."""
    read, written = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    line(
        message="turn", trace=trace, user=user, feature=FEATURE, turn=number, model=model, input_tokens=read,
        output_tokens=written, usd=round(read * USD_IN + written * USD_OUT, 8), duration_ms=round(1000 * seconds),
    )  # fmt: skip


def line(**record):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with writing:
        print(json.dumps({"time": at, "level": "info", "service": "agent", **record}), flush=True)
