"""A server whose answers are scripted byte for byte, on a loopback port or a UNIX socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from gonogo.prove.load.generator import Address

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n" + b'{"answer":"ok"}'


async def good(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(GOOD)


@asynccontextmanager
async def served(answer: Answer, path: Path | None = None) -> AsyncIterator[Address]:
    """Serve requests without a body, one after the other on each connection."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        try:
            while not writer.is_closing():
                await answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    if path is not None:
        server = await asyncio.start_unix_server(serve, path)
        address = Address(path=str(path))
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = Address(port=server.sockets[0].getsockname()[1])
    try:
        yield address
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
