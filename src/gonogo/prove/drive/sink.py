"""Where connections to other hosts end: those to a provider at its stand-in, all others at a record of the contact.

Every connection begins with a line that says where it wanted to go, `{"host": "api.example.org", "port": 443}`. For TLS
the lab shows a certificate of its own authority for the name that the client asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import json
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from gonogo.prove.drive.authority import Authority

_LINE_BYTES, _HEAD_BYTES, _PIECE = 1_024, 64 * 1024, 65_536
_WAIT_S = 10.0
"""How long a client may be silent before it has said whom it means."""
_TLS = 0x16
_MOST = 1_000
_NOT_HERE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Sink:
    """Listens at `place`; `stand_in` maps globs of host names to sockets beside it."""

    def __init__(self, place: Path, authority: Authority, stand_in: Mapping[str, str], mark: bytes) -> None:
        """`mark` ends a connection that is to be reset towards the app."""
        self.place, self._authority, self._stand_in, self._mark = place, authority, dict(stand_in), mark
        self.contacts: dict[tuple[str, int, str], None] = {}
        self.flaw = ""
        """What is wrong with the certificates that are shown now."""
        self.pages: dict[str, bytes] = {}
        """Whole HTTP answers by host; any other host answers 502."""
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.setblocking(False)
        self._socket.bind(str(self.place))
        self._socket.listen(1024)
        self._accepting = asyncio.create_task(self._accept())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        for task in (self._accepting, *self._connections):
            task.cancel()
        await asyncio.gather(self._accepting, *self._connections, return_exceptions=True)
        self._socket.close()

    def lead(self, host: str, socket: str) -> None:
        """Lead connections to a host to a socket from now on."""
        self._stand_in[host] = socket

    def standin_of(self, host: str) -> str | None:
        """Return the socket of the stand-in for a host, None where there is none."""
        return next((name for glob, name in self._stand_in.items() if fnmatch.fnmatch(host.lower(), glob)), None)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(self._socket)
            task = asyncio.create_task(self._one(client))
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)

    async def _one(self, client: socket.socket) -> None:
        raw = client.dup()  # to write the mark past TLS
        try:
            async with asyncio.timeout(_WAIT_S):
                wanted = await _first_line(client)
                first = await _peek(client) if wanted["port"] not in (25, 587) else b""
            host, port = str(wanted["host"]), int(str(wanted["port"]))
            if first and first[0] == _TLS:
                await self._secure(client, raw, host, port)
            else:
                await self._talk(await _streams(client), raw, host, port, "http" if first else "tcp")
        except (OSError, ValueError, KeyError, TimeoutError):
            return
        finally:
            client.close()
            raw.close()

    async def _secure(self, client: socket.socket, raw: socket.socket, host: str, port: int) -> None:
        """Take the name that the client asks for, show it a certificate, and go on within TLS."""
        asked = [host]

        def name(connection: ssl.SSLObject, server_name: str | None, _: ssl.SSLContext) -> None:
            asked[0] = server_name or host
            connection.context = self._authority.context_of(asked[0], self.flaw)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = name
        try:
            streams = await _streams(client, context)
        except OSError:
            self._met(asked[0], port, "tls")  # a client that does not trust the lab has been there all the same
            raise
        await self._talk(streams, raw, asked[0], port, "tls")

    async def _talk(
        self,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        raw: socket.socket,
        host: str,
        port: int,
        how: str,
    ) -> None:
        """Hand a connection to the stand-in of its host, or end it."""
        reader, writer = streams
        head = b""
        try:
            if how != "tcp":
                async with asyncio.timeout(_WAIT_S):
                    head = await _head(reader)
                host = host if how == "tls" else _host_header(head) or host
            if place := self.standin_of(host):
                await self._carried(reader, writer, raw, self.place.with_name(place), head)
                return
            self._met(host, port, how)
            if head:
                writer.write(self.pages.get(host.lower(), _NOT_HERE))
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _met(self, host: str, port: int, how: str) -> None:
        if len(self.contacts) < _MOST:
            self.contacts[host.lower()[:255], port, how] = None

    async def _carried(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: socket.socket, place: Path, head: bytes
    ) -> None:
        there = await asyncio.open_unix_connection(str(place))
        there[1].write(head)
        onward = asyncio.create_task(_onward(reader, there[1]))
        try:
            while piece := await there[0].read(_PIECE):
                if piece.endswith(self._mark):
                    writer.write(piece[: -len(self._mark)])
                    await asyncio.sleep(0)
                    writer.transport.abort()
                    raw.setblocking(True)
                    raw.sendall(self._mark)
                    return
                writer.write(piece)
                await writer.drain()
        finally:
            onward.cancel()
            there[1].close()


async def _onward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
        writer.close()


async def _first_line(client: socket.socket) -> dict[str, object]:
    """Read the line that says where the connection wanted to go, and not a byte more."""
    loop, line = asyncio.get_running_loop(), b""
    while not line.endswith(b"\n") and len(line) < _LINE_BYTES:
        if not (byte := await loop.sock_recv(client, 1)):
            raise ConnectionError("closed")
        line += byte
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said


async def _peek(client: socket.socket) -> bytes:
    """Return the first byte of what the client says, and leave it there; nothing where it closes."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(client, lambda: None if ready.done() else ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(client)
    return client.recv(1, socket.MSG_PEEK)


async def _streams(
    client: socket.socket, context: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_HEAD_BYTES)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Return the head of a request; raises `OSError` where none comes."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionError("no request") from error


def _host_header(head: bytes) -> str:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"host":
            return value.strip().decode("ascii", "replace").rpartition(":")[0] or value.strip().decode(
                "ascii", "replace"
            )
    return ""
