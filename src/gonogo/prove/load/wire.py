"""One kept-alive connection: writes requests whose bytes stand ready, and reads what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, cast

import httptools

from gonogo.prove.load.tally import Tally

_BODY = 1 << 18
_LENGTHS = (b"content-length", b"transfer-encoding")


@dataclass(slots=True)
class Request:
    """What is sent, again and again: `before` and `after` are its bytes, around the header that varies if `traced`.

    `judge` tells whether a body (with its content type) holds an answer; a good status alone is no answer.
    """

    before: bytes
    tally: Tally
    after: bytes = b""
    traced: bool = False
    deadline_s: float = 130.0
    streams: bool = False
    judge: Callable[[bytes, str], bool] | None = None


@dataclass(slots=True)
class Sent:
    """One request under way: `start` is what latency counts from, `left` when it was sent."""

    request: Request
    start: float
    left: float
    again: bool = False
    first: float = 0.0
    last: float = 0.0
    size: int = 0
    body: list[bytes] = field(default_factory=list)


class Pool(Protocol):
    """Whom a connection tells."""

    def ended(self, connection: Connection, sent: Sent, problem: str, status: int, usable: bool) -> None:
        """What it carried has ended: well where `problem` is empty."""

    def closed(self, connection: Connection, sent: Sent | None) -> None:
        """It is gone; `sent` is what it carried where that may be sent once more."""


class Connection(asyncio.Protocol):
    """A connection that carries one request at a time."""

    __slots__ = ("_bounded", "_first", "_headed", "_kind", "_parser", "_pool", "_transport", "_used", "sent")

    def __init__(self, pool: Pool, sent: Sent, data: bytes) -> None:
        """Belong to `pool`, and send `data` for `sent` as soon as it is open."""
        self.sent: Sent | None = sent
        self._first = data
        self._pool = pool
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._used = self._headed = self._bounded = False
        self._kind = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what waits."""
        self._transport = cast("asyncio.Transport", transport)
        if self.sent is None:
            self._transport.abort()
        else:
            self._transport.write(self._first)

    def carry(self, sent: Sent, data: bytes) -> None:
        """Send `data` for `sent`."""
        self.sent = sent
        if self._transport is not None:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end("malformed", usable=False)
        except httptools.HttpParserUpgrade:
            self._end("malformed", usable=False)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note what bounds the body, and its type."""
        if len(name) in (14, 17) and name.lower() in _LENGTHS:
            self._bounded = True
        elif len(name) == 12 and name.lower() == b"content-type":
            self._kind = value

    def on_headers_complete(self) -> None:
        """The body begins."""
        self._headed = True

    def on_body(self, body: bytes) -> None:
        """Time the pieces of a stream, and keep the body where it is judged."""
        sent = self.sent
        if sent is None:
            return
        if sent.request.streams:
            now = perf_counter()
            if sent.first:
                sent.request.tally.token_gap.add(now - sent.last)
            else:
                sent.first = now
            sent.last = now
        if sent.request.judge is not None and sent.size < _BODY:
            sent.body.append(body)
        sent.size += len(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        status = self._parser.get_status_code()
        if status < 200:  # 100 Continue, 103 Early Hints: the answer comes after it
            self._headed = False
            return
        self._end(self._verdict(status), status, self._parser.should_keep_alive() and self._bounded)

    def _verdict(self, status: int) -> str:
        sent = self.sent
        if status >= 400:
            return f"status-{status}"
        if sent is None or (not sent.size and status != 204):
            return "empty"
        judge = sent.request.judge
        if judge is not None and not judge(b"".join(sent.body), self._kind.decode("latin-1")):
            return "no-answer"
        return ""

    def _end(self, problem: str, status: int = 0, usable: bool = True) -> None:
        sent, self.sent = self.sent, None
        self._used, self._headed, self._bounded, self._kind = True, False, False, b""
        if not usable and self._transport is not None:
            self._transport.abort()
        if sent is not None:
            self._pool.ended(self, sent, problem, status, usable)

    def give_up(self) -> None:
        """Leave at the deadline."""
        if self._transport is not None:
            self._end("timeout", usable=False)
            return
        sent, self.sent = self.sent, None  # still connecting; what comes later is aborted
        if sent is not None:
            self._pool.ended(self, sent, "timeout", 0, False)

    def connection_lost(self, problem: Exception | None) -> None:
        """Tell how what it carried ended."""
        sent = self.sent
        self._transport = None
        if sent is not None and self._used and not self._headed and not sent.size and not sent.again:
            self.sent, sent.again = None, True  # closed while idle, as its server may: sent once more
            self._pool.closed(self, sent)
            return
        if sent is not None:
            status = self._parser.get_status_code() if self._headed else 0
            if problem is not None:
                self._end("reset", usable=False)
            elif self._headed and not self._bounded:  # such a body ends with its connection
                self._end(self._verdict(status), status, usable=False)
            else:
                self._end("truncated" if self._headed else "closed", usable=False)
        self._pool.closed(self, None)

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.abort()
