"""Each call of a tool in a file, before it is made and after; every line has the hash of the one before.

Personal data that a tool may receive stands in it as a token; the vault beside it, which auditors alone may read, has
the value. `python -m agent.audit verify` says whether the chain is whole, `reveal` prints it as an auditor reads it.
"""

import hashlib
import json
import os
import secrets
import sys
import time
from pathlib import Path
from threading import Lock

from agent import privacy

FILE, VAULT = Path("audit.jsonl"), Path("vault.json")
KEPT = Lock()
START = "0" * 64


def keep(event, tool, trace, user, **more):
    """Append a record; it is on disk before this returns."""
    with KEPT:
        known = lines()
        record = {"time": time.time(), "event": event, "tool": tool, "trace": trace, "user": user, **sealed(more)}
        record["previous"] = json.loads(known[-1])["hash"] if known else START
        record["hash"] = digest(record)
        with FILE.open("a") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())


def lines():
    return FILE.read_text().splitlines() if FILE.exists() else []


def digest(record):
    body = {name: value for name, value in record.items() if name != "hash"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def sealed(value):
    """Return what is kept, with a token for each piece of personal data in it; the vault learns its value."""
    text = json.dumps(value)
    found = {match for pattern in privacy.KINDS.values() for match in pattern.findall(text)}
    if not found:
        return value
    vault = json.loads(VAULT.read_text()) if VAULT.exists() else {}
    for piece in sorted(found, key=len, reverse=True):
        token = next((t for t, known in vault.items() if known == piece), f"sealed:{secrets.token_urlsafe(9)}")
        vault[token] = piece
        text = text.replace(piece, token)
    with os.fdopen(os.open(VAULT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(vault, file)
    return json.loads(text)


def verify():
    """Return the number of the first line that is not what was written, None where all are."""
    previous = START
    for number, line in enumerate(lines(), 1):
        record = json.loads(line)
        if record["previous"] != previous or record["hash"] != digest(record):
            return number
        previous = record["hash"]
    return None


def reveal():
    text, vault = "\n".join(lines()), json.loads(VAULT.read_text()) if VAULT.exists() else {}
    for token, piece in vault.items():
        text = text.replace(token, piece)
    return text


if __name__ == "__main__":
    if sys.argv[1:] == ["reveal"]:
        print(reveal())
    elif (harmed := verify()) is not None:
        sys.exit(f"line {harmed} was changed")
    else:
        print(json.loads(lines()[-1])["hash"] if lines() else START)
