"""The text within what an app stores, wherever its framework keeps it: a field, a nested one, or JSON within a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gonogo.wire import body
from gonogo.wire.base import WireError
from gonogo.wire.store import Point


def prose(point: Point) -> str:
    """Return the text of a document: its own, or the one of its payload that has the most words; "" without any."""
    if point.text:
        return point.text
    return max(_texts(point.payload), key=lambda text: (len(text.split()), len(text)), default="")


def rewritten(point: Point, text: str) -> Point:
    """Return the document with `text` in the place of its own, wherever that stands."""
    old = prose(point)
    return msgspec.structs.replace(
        point,
        payload=_replaced(point.payload, old, text) if old else {**point.payload, "text": text},
        text=text if point.text == old and point.text is not None else point.text,
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield every text, those within JSON that is kept as text too."""
    if isinstance(value, str):
        inner = _json(value)
        if inner is None:
            yield value
        value = inner
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def _replaced(value: Any, old: str, new: str) -> Any:
    """Return the value with every text that equals `old` replaced."""
    if isinstance(value, str):
        inner = _json(value)
        if inner is None:
            return new if value == old else value
        changed = _replaced(inner, old, new)
        return value if changed == inner else body.encode(changed).decode()
    if isinstance(value, dict):
        return {key: _replaced(each, old, new) for key, each in value.items()}
    return [_replaced(each, old, new) for each in value] if isinstance(value, list) else value


def _json(text: str) -> dict[str, Any] | None:
    """Return the object that a text holds as JSON, None for any other text."""
    if text[:1] != "{":
        return None
    try:
        return body.decode(text.encode("utf-8", "replace"))
    except WireError:
        return None
