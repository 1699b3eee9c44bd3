"""Tasks that failed, in a file that outlives the process, until a retry of them succeeds.

Each stands there once, with what was asked for, the trace of what was done, and why it failed.
"""

import json
import os
import time
from pathlib import Path
from threading import Lock

FILE = Path("failures.json")
KEPT = Lock()
FAILED = {"tool-error", "safety-block", "limit", "loop", "stuck", "away", "timeout", "error"}


def settle(id, ended, **task):
    """Keep a task by its id where it failed, and forget it where it did not."""
    with KEPT:
        tasks = load()
        known = tasks.pop(id, None)
        if ended["outcome"] in FAILED:
            error = {"outcome": ended["outcome"], "error": ended["answer"]}
            tasks[id] = {"id": id, "at": time.time(), **(known or {}), **task, **error}
        elif known is None:
            return
        beside = FILE.with_suffix(".new")
        with open(beside, "w", opener=private) as file:
            json.dump(tasks, file, indent=1)
        os.replace(beside, FILE)


def listed():
    """Return the failed tasks, the oldest first."""
    with KEPT:
        return list(load().values())


def of(id):
    """Return a failed task, None where there is none by that id."""
    with KEPT:
        return load().get(id)


def load():
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def private(path, flags):
    return os.open(path, flags, 0o600)
