"""Finds documents, and lets nothing but their readable text through."""

import html
import json
import os
import re
import urllib.request

STORE = os.environ["QDRANT_URL"].rstrip("/")
TOP = 3
NEAREST = 0.35
"""Documents that are less similar to the question than this do not answer it."""
TIMEOUT_S = 2.0
HIDDEN = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>|<span style=[^>]*>.*?</span>|!\[[^\]]*\]\([^)]*\)|<[^>]*>", re.DOTALL
)
ORDERS = re.compile(
    r"\b(?:assistant|system notice|instructions?|ignore|disregard|before you answer|reply with|call the tool)\b", re.I
)


def found(question, trace):
    """Return the documents that are near to the question, by id, without what is no text of theirs."""
    body = json.dumps({"query": vector(question), "limit": TOP, "with_payload": True}).encode()
    request = urllib.request.Request(
        f"{STORE}/collections/handbook/points/query", body,
        {"Content-Type": "application/json", "traceparent": f"00-{trace}-{trace[:16]}-01"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
        points = json.loads(reply.read(1_000_000))["result"]["points"]
    near = [point for point in points if point.get("score", 0) >= NEAREST]
    texts = {str(p["payload"].get("id", p["id"])): readable(str(p["payload"].get("text", ""))) for p in near}
    return {id: text for id, text in texts.items() if text}


def vector(text):
    """Return a small vector of letters: enough for a collection of a few pages."""
    counts = [text.lower().count(chr(97 + i)) for i in range(16)]
    return [c / (sum(counts) or 1) for c in counts]


def readable(text):
    """Return what a reader of the document would see, without comments, markup, images and lines that give orders."""
    shown = html.unescape(HIDDEN.sub("", text))
    return "\n".join(line for line in shown.splitlines() if not ORDERS.search(line)).strip()
