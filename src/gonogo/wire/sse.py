"""Server-Sent Events in both directions, as the WHATWG HTML standard defines the stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from gonogo.wire.base import WireError

LIMIT = 8 * 1024 * 1024
"""Bytes that a decoder holds at most: an event that is larger is none of a model provider."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Event(msgspec.Struct, frozen=True):
    """One event: its data (lines joined by a line feed), its type, the last id seen, a new wait before reconnecting."""

    data: str
    event: str = "message"
    id: str = ""
    retry_ms: int | None = None


def encode(data: bytes | str, event: str | None = None, id: str | None = None, retry_ms: int | None = None) -> bytes:
    """Write one event. Data of several lines becomes several fields."""
    payload = data.encode() if isinstance(data, str) else data
    head = b"" if event is None else b"event: %b\n" % event.encode()
    if id is not None:
        head += b"id: %b\n" % id.encode()
    if retry_ms is not None:
        head += b"retry: %d\n" % retry_ms
    if b"\n" in payload or b"\r" in payload:
        return head + b"".join(b"data: %b\n" % line for line in _LINE_END.split(payload)) + b"\n"
    return b"%bdata: %b\n\n" % (head, payload)


def comment(text: str = "") -> bytes:
    """Write a comment, which keeps a connection open and is no event."""
    return b"".join(b": %b\n" % line for line in _LINE_END.split(text.encode())) + b"\n"


class Decoder:
    """Turn bytes, split anywhere, into events. What is not ended by an empty line is dropped, as the standard says.

    Not thread-safe. `feed` raises `WireError` when one event needs more than `limit` bytes.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        """Begin with an empty buffer that never holds more than `limit` bytes."""
        self._limit = limit
        self._rest = bytearray()
        self._searched = 0
        self._data: list[bytes] = []
        self._held = 0
        self._event = self._id = ""
        self._retry: int | None = None
        self._begun = self._after_cr = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and return the events that they complete."""
        if not chunk:
            return []
        if self._after_cr:
            # The line ended with the CR that was the last byte; a LF that follows belongs to it.
            chunk, self._after_cr = chunk[1:] if chunk[:1] == b"\n" else chunk, False
        self._rest += chunk
        events, start = [], 0
        for end in _LINE_END.finditer(self._rest, self._searched):
            event = self._line(bytes(self._rest[start : end.start()]))
            start = end.end()
            if event is not None:
                events.append(event)
        self._after_cr = start > 0 and start == len(self._rest) and self._rest.endswith(b"\r")
        del self._rest[:start]
        self._searched = len(self._rest)
        if self._held + len(self._rest) > self._limit:
            raise WireError(f"an event is larger than {self._limit} bytes")
        return events

    def _line(self, line: bytes) -> Event | None:
        """Take one line without its end; an empty one completes an event."""
        if not self._begun:
            # A byte order mark may open the stream.
            line, self._begun = line.removeprefix(b"\xef\xbb\xbf"), True
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value[1:] if value[:1] == b" " else value
        if name == b"data":
            self._data.append(value)
            self._held += len(value) + 1
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 16:
            self._retry = int(value)
        return None

    def _dispatch(self) -> Event | None:
        """Complete the event under way; without data there is none."""
        data, event, retry = self._data, self._event, self._retry
        self._data, self._held, self._event, self._retry = [], 0, "", None
        if not data:
            return None
        return Event(b"\n".join(data).decode("utf-8", "replace"), event or "message", self._id, retry)


def decode(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Yield the events of a stream that comes as `chunks`, split anywhere."""
    decoder = Decoder()
    for chunk in chunks:
        yield from decoder.feed(chunk)
