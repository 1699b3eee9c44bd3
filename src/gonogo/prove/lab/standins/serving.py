"""What the stand-in servers share: aiohttp's low-level server on a UNIX socket or a port, and its connections."""

from __future__ import annotations

import itertools
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from weakref import WeakKeyDictionary

from aiohttp import web

BODY_LIMIT = 32 << 20
"""Bytes of a request that are read; a longer one is refused."""


class Server:
    """Serves one function; `mark` ends a connection that is to be reset (see `Room.reset_mark`)."""

    def __init__(self, take: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], mark: bytes = b"") -> None:
        """Serve every request by `take`, which is cancelled when its client goes away."""
        self.mark = mark
        self._server = web.Server(take, handler_cancellation=True, access_log=None)
        self._runner: web.ServerRunner | None = None
        self._numbers: WeakKeyDictionary[object, int] = WeakKeyDictionary()
        self._count = itertools.count(1)

    async def start(self, unix: str | None = None, port: int | None = None, tls: ssl.SSLContext | None = None) -> int:
        """Listen on a UNIX socket, or on a loopback port (0 for a free one); return the port, 0 for a socket."""
        self._runner = web.ServerRunner(self._server, handle_signals=False, shutdown_timeout=0.2)
        await self._runner.setup()
        if unix is not None:
            await web.UnixSite(self._runner, unix, backlog=4096).start()
            return 0
        await web.TCPSite(self._runner, "127.0.0.1", port or 0, ssl_context=tls, backlog=4096).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every connection; functions that are still at work are cancelled."""
        if self._runner is not None:
            await self._runner.cleanup()

    def connection(self, request: web.BaseRequest) -> int:
        """Return the number of the connection that a request came by, from 1."""
        if request.transport is None:
            return 0
        if request.transport not in self._numbers:
            self._numbers[request.transport] = next(self._count)
        return self._numbers[request.transport]

    def reset(self, request: web.BaseRequest) -> None:
        """Reset a connection: the peer sees it broken, not ended."""
        transport = request.transport
        if transport is None:
            return
        if self.mark:
            transport.write(self.mark)
            transport.close()
            return
        with suppress(OSError, AttributeError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Gone(web.StreamResponse):
    """An answer that has been written by hand, or not at all: nothing more is to be sent."""

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing."""
