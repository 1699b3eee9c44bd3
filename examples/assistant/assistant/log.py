"""Structured log lines on standard output, and one record for every attempt at a model call."""

import json
import sys
import threading
import time

from assistant import redact

CALLS = "calls.jsonl"
writing = threading.Lock()


def line(level, message, trace="", **more):
    record = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "level": level, "service": "assistant"}
    record |= {"trace": trace, "message": redact.private(message)} | {
        k: redact.private(str(v)) for k, v in more.items()
    }
    with writing:
        print(json.dumps(record), flush=True)


def call(**record):
    """Keep one attempt at a model call: before anybody gets its answer."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record = {k: redact.private(v) if isinstance(v, str) else v for k, v in record.items()}
    record = {"time": at, "level": "error" if record.get("error") else "info", "service": "assistant", **record}
    with writing, open(CALLS, "a") as file:
        file.write(json.dumps(record) + "\n")


def broken(error, trace):
    line("error", f"{type(error).__name__}: {error}", trace)
    sys.stderr.flush()
