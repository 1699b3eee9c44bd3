"""Calls of tools that wait for a person, in a file that outlives the process.

One is approved by somebody else than who asked for it, in time, with exactly the arguments that were held; it is marked
as run before it runs, so that a crash between the two never runs it twice.
"""

import json
import os
import secrets
import time
from pathlib import Path
from threading import Lock

FILE = Path("approvals.json")
KEPT = Lock()
TTL_S = 15 * 60


class Refused(Exception):
    """A decision that does not count."""


def hold(tool, arguments, trace, user):
    """Keep a call until somebody decides, and return its id; one that waits already is not kept twice."""
    with KEPT:
        calls = load()
        for call in waiting(calls):
            if (call["tool"], call["arguments"], call["user"]) == (tool, arguments, user):
                return call["id"]
        call = {"id": secrets.token_hex(8), "tool": tool, "arguments": arguments, "trace": trace, "user": user}
        calls.append(call | {"at": time.time(), "state": "waiting"})
        save(calls)
        return call["id"]


def listed():
    """Return what waits, for who decides."""
    with KEPT:
        return waiting(load())


def decide(id, decision, by):
    """Keep a decision and return the call, which the caller runs where it was approved; raises Refused."""
    with KEPT:
        calls = load()
        call = next((c for c in waiting(calls) if c["id"] == id), None)
        if call is None:
            raise Refused("no such call is waiting; it may be decided already, or too old")
        if by == call["user"]:
            raise Refused("who asked for a call cannot approve it")
        call |= {"state": "approved" if decision == "approve" else "denied", "by": by}
        save(calls)
        return call


def waiting(calls):
    return [c for c in calls if c["state"] == "waiting" and time.time() - c["at"] < TTL_S]


def load():
    return json.loads(FILE.read_text()) if FILE.exists() else []


def save(calls):
    beside = FILE.with_suffix(".new")
    beside.write_text(json.dumps(calls, indent=1))
    os.replace(beside, FILE)
