"""Finds documents that a reader may see, and lets nothing but their readable text through."""

import html
import re

from library.wire import store

TOP = 4
NEAREST = 0.2
"""Documents that are less similar to the question than this do not answer it."""
HIDDEN = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1>|<span style=[^>]*>.*?</span>|!\[[^\]]*\]\([^)]*\)|<[^>]*>", re.DOTALL
)
ORDERS = re.compile(
    r"\b(?:assistant|system notice|instructions?|ignore|disregard|before you answer|reply with|call the tool)\b", re.I
)


def found(asked, vector, trace):
    """Return the documents that are near to a question, by id with their score, without what is no text of theirs."""
    body = {"query": vector, "limit": TOP, "with_payload": True, "filter": allowed(asked)}
    points = store("POST", "/points/query", body, trace)["points"]
    near = [point for point in points if point.get("score", 0) >= NEAREST]
    texts = {
        str(p["payload"].get("id", p["id"])): (p["score"], readable(str(p["payload"].get("text", "")))) for p in near
    }
    return {id: (score, text) for id, (score, text) in texts.items() if text}


def merged(found):
    """Return the documents of all searches, each once, the nearest first."""
    best = {}
    for documents in found:
        for id, (score, text) in documents.items():
            best[id] = max(best.get(id, (score, text)), (score, text))
    return {id: text for id, (_, text) in sorted(best.items(), key=lambda item: -item[1][0])}


def allowed(asked):
    """Return the store's filter for what the reader's tenant may see, and for what the reader asks for of that."""
    of_all = {"is_empty": {"key": "tenant"}}
    must = [
        {"should": [of_all, {"key": "tenant", "match": {"value": asked["tenant"]}}] if asked["tenant"] else [of_all]}
    ]
    dates = {name: asked[field] for name, field in (("gte", "since"), ("lte", "until")) if field in asked}
    if dates:
        must.append({"key": "date", "range": dates})
    if "categories" in asked:
        must.append({"key": "category", "match": {"any": asked["categories"]}})
    if "not_categories" in asked:
        must.append({"key": "category", "match": {"except": asked["not_categories"]}})
    return {"must": must}


def readable(text):
    """Return what a reader of the document would see, without comments, markup, images and lines that give orders."""
    shown = html.unescape(HIDDEN.sub("", text))
    return "\n".join(line for line in shown.splitlines() if not ORDERS.search(line)).strip()
