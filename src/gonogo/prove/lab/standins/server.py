"""The HTTP server of all stand-ins: parsed by httptools, a request at a time on each connection, nothing in between.

It is small because it must be fast, and because faults need the wire itself: whatever is written goes out as it is, and
a caller that leaves cancels the answer that is under way.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.utils import formatdate
from pathlib import Path
from time import time
from urllib.parse import parse_qsl, unquote

import httptools

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of a request that are read at most."""
_HEADERS, _HEADER_BYTES = 200, 64 * 1024
_AHEAD = 16
"""Requests that may wait on one connection behind the one that is answered."""
_BACKLOG = 4096
_STOP_S = 0.1
_PHRASES = {status: phrase.encode() for status, phrase in http.client.responses.items()}
_BODILESS = frozenset({204, 304})
_log = logging.getLogger(__name__)

Respond = Callable[["Request"], Awaitable["Response | None"]]


class Response:
    """A whole answer."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Answer with this."""
        self.status, self.headers, self.body = status, headers or {}, body


class Request:
    """A request; its body may still be on its way. Names of headers are in lower case."""

    __slots__ = ("_connection", "_done", "_more", "_parts", "_size", "headers", "keep", "method", "path_qs", "version")

    def __init__(self, connection: Connection, method: str, target: str, headers: dict[str, str], version: str) -> None:
        """Begin: the head has just come."""
        self._connection = connection
        self.method, self.path_qs, self.headers, self.version = method, target, headers, version
        self.keep = True
        self._parts: deque[bytes] = deque()
        self._size = 0
        self._done = False
        self._more: asyncio.Event | None = None

    @property
    def path(self) -> str:
        """The path, decoded, without the query."""
        return unquote(self.path_qs.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        """The query; of a name that comes twice the first value."""
        return dict(reversed(parse_qsl(self.path_qs.partition("?")[2], keep_blank_values=True)))

    @property
    def size(self) -> int:
        """Bytes of the body that have come."""
        return self._size

    @property
    def connection(self) -> int:
        """The number of the connection that it came by, from 1."""
        return self._connection.number

    @property
    def transport(self) -> asyncio.Transport:
        """The connection itself, for what is done to it on purpose."""
        return self._connection.transport

    def take(self, part: bytes) -> None:
        """Take a part of the body; raises `ConnectionError` for one that is too long."""
        self._size += len(part)
        if self._size > BODY_LIMIT:
            raise ConnectionError("the request is too large")
        self._parts.append(part)
        if self._more is not None:
            self._more.set()

    def end(self) -> None:
        """Note that the body is whole, or that nothing more will come."""
        self._done = True
        if self._more is not None:
            self._more.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        while True:
            while self._parts:
                yield self._parts.popleft()
            if self._done:
                return
            self._more = asyncio.Event()
            await self._more.wait()

    async def read(self) -> bytes:
        """Return the whole body."""
        if self._done and len(self._parts) < 2:  # it came with its head, as nearly all do
            return self._parts.popleft() if self._parts else b""
        return b"".join([part async for part in self.parts()])

    async def begin(self, status: int, headers: Mapping[str, str], length: int | None = None) -> Stream:
        """Send the head of an answer that comes in parts; without a length it is chunked."""
        return self._connection.begin(self, status, headers, length)


class Stream:
    """An answer that is sent in parts."""

    __slots__ = ("_chunked", "_connection", "_ended")

    def __init__(self, connection: Connection, chunked: bool) -> None:
        """Its head has been sent."""
        self._connection, self._chunked, self._ended = connection, chunked, False

    async def write(self, part: bytes) -> None:
        """Send a part; raises `ConnectionResetError` where the caller has left."""
        connection = self._connection
        if connection.lost:
            raise ConnectionResetError("the caller has left")
        if part:
            connection.transport.write(b"%x\r\n%b\r\n" % (len(part), part) if self._chunked else part)
        if connection.full is not None:
            await connection.full.wait()

    async def write_eof(self) -> None:
        """End the answer."""
        if not self._ended and self._chunked and not self._connection.lost:
            self._connection.transport.write(b"0\r\n\r\n")
        self._ended = True


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: Server) -> None:
        """Belong to a server."""
        self._server = server
        self.number = 0
        self.lost = False
        self.full: asyncio.Event | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._request: Request | None = None
        self._waiting: deque[Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self._begun = False
        self._target = b""
        self._headers: dict[str, str] = {}
        self._header_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:  # noqa: D102
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")  # noqa: S101  (uvloop's is its own)
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.number = self._server.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: D102
        self.lost = True
        self._server.leave(self)
        if self.full is not None:
            self.full.set()
        if self._request is not None:
            self._request.end()
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:  # noqa: D102
        self.full = asyncio.Event()

    def resume_writing(self) -> None:  # noqa: D102
        if self.full is not None:
            self.full.set()
            self.full = None

    def data_received(self, data: bytes) -> None:  # noqa: D102
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # whoever asks for another protocol is answered in this one
        except (httptools.HttpParserError, ConnectionError, ValueError):
            if not self._begun and not self.lost:
                self._write_head(400, {}, 0, keep=False)
            self.transport.close()

    def on_message_begin(self) -> None:  # noqa: D102
        self._target, self._headers, self._header_bytes = b"", {}, 0

    def on_url(self, url: bytes) -> None:  # noqa: D102
        self._target += url
        self._measure(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:  # noqa: D102
        self._measure(len(name) + len(value))
        key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def _measure(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > _HEADER_BYTES or len(self._headers) > _HEADERS:
            raise ValueError("the head of the request is too long")

    def on_headers_complete(self) -> None:  # noqa: D102
        parser, headers = self._parser, self._headers
        request = Request(
            self,
            parser.get_method().decode("latin-1"),
            self._target.decode("utf-8", "replace"),
            headers,
            parser.get_http_version(),
        )
        self._request = request
        if "expect" in headers and headers["expect"].lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._task is None:
            self._begin(request)
        else:
            self._waiting.append(request)
            if len(self._waiting) >= _AHEAD:
                self.transport.pause_reading()

    def on_body(self, body: bytes) -> None:  # noqa: D102
        if self._request is not None:
            self._request.take(body)

    def on_message_complete(self) -> None:  # noqa: D102
        if self._request is not None:
            self._request.keep = self._parser.should_keep_alive()
            self._request.end()

    def _begin(self, request: Request) -> None:
        self._begun = False
        self._task = self._server.loop.create_task(self._answered(request))

    async def _answered(self, request: Request) -> None:
        try:
            made = await self._server.respond(request)
        except asyncio.CancelledError:
            self.transport.close()
            return
        except Exception:
            _log.exception("a stand-in broke")
            made = None if self._begun else Response(500)
        finally:
            self._task = None
        if self.lost or self.transport.is_closing():
            return
        if made is not None:
            self._write_head(made.status, made.headers, len(made.body), keep=request.keep, body=_said(request, made))
        elif not self._begun:
            self.transport.close()
        if not (request.keep and request._done):
            self.transport.close()
        elif self._waiting:
            self._begin(self._waiting.popleft())
            self.transport.resume_reading()

    def begin(self, request: Request, status: int, headers: Mapping[str, str], length: int | None) -> Stream:
        """Send the head of an answer in parts."""
        old = request.version == "1.0"
        if old and length is None:
            request.keep = False
        bodiless = request.method == "HEAD" or status in _BODILESS
        chunked = length is None and not old and not bodiless
        self._write_head(status, headers, length, request.keep, chunked=chunked)
        return Stream(self, chunked)

    def _write_head(
        self,
        status: int,
        headers: Mapping[str, str],
        length: int | None,
        keep: bool,
        *,
        chunked: bool = False,
        body: bytes = b"",
    ) -> None:
        self._begun = True
        text = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if text.count("\n") != len(headers) or text.count("\r") != len(headers):
            text = "".join(f"{n}: {v}".translate(_ONE_LINE) + "\r\n" for n, v in headers.items())
        how = b"Transfer-Encoding: chunked\r\n" if chunked else b"" if length is None else _LENGTH % length
        parts = (
            b"HTTP/1.1 %d %b\r\n" % (status, _PHRASES.get(status, b"Unknown")),
            text.encode("utf-8", "replace"),
            how,
            self._server.date(),
            b"\r\n" if keep else b"Connection: close\r\n\r\n",
            body,
        )
        self.transport.write(b"".join(parts))


_LENGTH = b"Content-Length: %d\r\n"


def _said(request: Request, made: Response) -> bytes:
    return b"" if request.method == "HEAD" or made.status in _BODILESS else made.body


_ONE_LINE = {ord("\r"): " ", ord("\n"): " "}
"""No text that a script gives a header may begin another."""


class Server:
    """Listens, and hands each request to `respond`."""

    def __init__(self, respond: Respond) -> None:
        """Prepare; nothing is opened yet."""
        self.respond = respond
        self.port = 0
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._made = 0
        self._date = (0, b"")

    async def start(
        self, *, unix: Path | None = None, port: int | None = None, host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        """Listen on a UNIX socket, on a TCP port (0 for any free one: `self.port` tells), or on both."""
        self.loop = asyncio.get_running_loop()
        if unix is not None:
            self._servers.append(await self.loop.create_unix_server(self._connected, str(unix), backlog=_BACKLOG))
        if port is not None:
            server = await self.loop.create_server(self._connected, host, port, ssl=tls, backlog=_BACKLOG)
            self._servers.append(server)
            self.port = server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every port and connection; answers under way are cancelled, and what they keep is kept."""
        for server in self._servers:
            server.close()
        tasks = [c._task for c in self._connections if c._task is not None]
        for connection in list(self._connections):
            connection.transport.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_S)
        for connection in list(self._connections):
            connection.transport.abort()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    def _connected(self) -> Connection:
        return Connection(self)

    def enter(self, connection: Connection) -> int:
        """Count a connection; return its number."""
        self._connections.add(connection)
        self._made += 1
        sock = connection.transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._made

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def date(self) -> bytes:
        """Return the header `Date`, made once a second."""
        now = int(time())
        if self._date[0] != now:
            self._date = (now, f"Date: {formatdate(now, usegmt=True)}\r\n".encode())
        return self._date[1]
