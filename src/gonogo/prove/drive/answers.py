"""What the user reads in a response: the declared part of it, or the part that can only be it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from gonogo.derive.pointers import at_pointer

MARKER = re.compile(r"\blab[0-9a-f]{8}\b")
"""The form of the marker that each answer of a stand-in model holds."""

_MOST = 400_000


def answer_of(body: str, content_type: str, pointer: str | None) -> str:
    """Return what the user reads in `body`: what stands at `pointer`, or else all texts of a JSON body, or the body.

    In a stream of events (SSE or JSON lines) the texts of all events are joined by the place where they stand, so that
    an answer in pieces is whole again, and the longest of these is the answer.
    """
    body = body[:_MOST]
    if pointer == "text":
        return body
    documents = list(_documents(body, content_type))
    if not documents:
        return "" if pointer else body
    joined: dict[str, list[str]] = {}
    for document in documents:
        for place, text in _texts(document):
            joined.setdefault(place, []).append(text)
    if pointer:
        path = "/" + pointer.strip("/")
        return "".join(t for place, texts in joined.items() if _at(place, path) for t in texts)
    if len(documents) == 1:
        return "\n".join(t for texts in joined.values() for t in texts)
    return max(("".join(texts) for texts in joined.values()), key=len, default="")


def value_at(body: str, pointer: str) -> Any:
    """Return what stands at a JSON pointer of a body, None where nothing does, or where the body is no JSON."""
    try:
        return at_pointer(json.loads(body), pointer)
    except (ValueError, RecursionError):
        return None


def markers(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the markers of stand-in answers in `texts`, each once."""
    return tuple(dict.fromkeys(m for text in texts for m in MARKER.findall(text)))


def _at(place: str, path: str) -> bool:
    return place == path or place.startswith(path + "/")


def _documents(body: str, content_type: str) -> Iterator[Any]:
    """Yield the JSON documents of a body: itself, each event's data, or each line."""
    kind = content_type.lower()
    if "event-stream" in kind or body.lstrip().startswith(("data:", "event:", ": ")):
        for event in re.split(r"\r?\n\r?\n", body):
            lines = [line[5:].removeprefix(" ") for line in event.splitlines() if line.startswith("data:")]
            yield _json("\n".join(lines)) if lines else None
        return
    whole = _json(body)
    if whole is not None and not isinstance(whole, str | int | float):
        yield whole
    elif "json" in kind or body.lstrip().startswith("{"):
        yield from (found for line in body.splitlines() if isinstance(found := _json(line), dict | list))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _texts(document: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield every text in a document with its JSON pointer."""
    if isinstance(document, str):
        yield place, document
    elif depth < 30 and isinstance(document, dict):
        for key, value in document.items():
            yield from _texts(value, f"{place}/{key}", depth + 1)
    elif depth < 30 and isinstance(document, list):
        for index, value in enumerate(document):
            yield from _texts(value, f"{place}/{index}", depth + 1)
