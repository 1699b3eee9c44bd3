"""One line of JSON on standard output for each turn of a task: whose it was, and what it took."""

import json
import threading
import time

from agent import privacy

FEATURE = "tasks"
MOST_PLAN = 500
USD_IN, USD_OUT = 0.15e-6, 0.60e-6
writing = threading.Lock()


def turn(trace, user, number, model, usage, seconds, said, rests_on):
    """Keep a turn before its answer is acted on: what the provider counted, and why it does what it does.

    What tools said is not kept: `rests_on` has the ids of the results that the turn had read.
    """
    read, written = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    line(
        message="turn", trace=trace, user=user, feature=FEATURE, turn=number, model=model, input_tokens=read,
        output_tokens=written, usd=round(read * USD_IN + written * USD_OUT, 8), duration_ms=round(1000 * seconds),
        plan=privacy.masked(said.get("content") or "")[:MOST_PLAN],
        tools=[{"id": use["id"], **privacy.masked(use["function"])} for use in said.get("tool_calls") or []],
        rests_on=rests_on,
    )  # fmt: skip


def line(**record):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with writing:
        print(json.dumps({"time": at, "level": "info", "service": "agent", **record}), flush=True)
