"""Sends one request over the app's own edge, and tells how the answer came: HTTP, server-sent events, WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic

import aiohttp

from gonogo.prove.drive.asking import Ask

READ_LIMIT = 4 << 20
"""At most so many bytes of an answer are kept; the rest is counted."""


@dataclass
class Came:
    """How an answer came. Times are seconds from the sending; `gaps` are those between pieces."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    size: int = 0
    events: int = 0
    first_s: float | None = None
    longest_gap_s: float | None = None
    elapsed_s: float = 0.0
    ended: str = ""
    error: str | None = None
    exit_code: int | None = None


class _Reading:
    """Takes pieces of an answer as they come."""

    def __init__(self, came: Came) -> None:
        self.came, self.began, self.last = came, monotonic(), None if came.first_s is None else monotonic()
        self.parts: list[bytes] = []
        self.kept = 0

    def take(self, piece: bytes) -> None:
        now = monotonic()
        came = self.came
        if came.first_s is None:
            came.first_s = now - self.began
        elif self.last is not None:
            came.longest_gap_s = max(came.longest_gap_s or 0.0, now - self.last)
        self.last = now
        came.events += 1
        came.size += len(piece)
        if self.kept < READ_LIMIT:
            self.parts.append(piece[: READ_LIMIT - self.kept])
            self.kept += len(self.parts[-1])

    def end(self, how: str, error: str | None = None) -> Came:
        self.came.elapsed_s = monotonic() - self.began
        self.came.ended, self.came.error = how, error
        self.came.content = b"".join(self.parts)
        return self.came


async def sent(session: aiohttp.ClientSession, base: str, ask: Ask, headers: Mapping[str, str]) -> Came:
    """Send `ask` and read the answer to its end, to the deadline, or until the client leaves."""
    reading = _Reading(Came())
    wait = min(ask.deadline_s, ask.leave_after_s or ask.deadline_s)
    try:
        async with asyncio.timeout(wait):
            if ask.method == "WS":
                return await _socket(session, base, ask, headers, reading)
            return await _request(session, base, ask, headers, reading)
    except TimeoutError:
        left = ask.leave_after_s is not None and ask.leave_after_s <= ask.deadline_s
        said = None if left else f"no whole answer within {ask.deadline_s:g} s"
        return reading.end("left" if left else "timeout", said)
    except (aiohttp.ClientError, OSError, ValueError, AssertionError) as broken:
        return reading.end("cut", _said(broken))


async def _request(
    session: aiohttp.ClientSession, base: str, ask: Ask, headers: Mapping[str, str], reading: _Reading
) -> Came:
    body = None if ask.body is None else BytesIO(ask.body)  # as bytes, a large one is sent in one blocking write
    async with session.request(
        ask.method, base + ask.path, data=body, headers=headers, allow_redirects=False
    ) as answer:
        reading.came.status, reading.came.headers = answer.status, answer.headers
        async for piece, _ in answer.content.iter_chunks():
            if piece:
                reading.take(piece)
    return reading.end("complete")


async def _socket(
    session: aiohttp.ClientSession, base: str, ask: Ask, headers: Mapping[str, str], reading: _Reading
) -> Came:
    """Send the body as one message and read until the server closes, or is silent for a while after its first word."""
    quiet = 3.0
    async with session.ws_connect(base + ask.path, headers=headers, max_msg_size=READ_LIMIT) as socket:
        reading.came.status = 101
        await socket.send_str((ask.body or b"").decode("utf-8", "replace"))
        while True:
            try:
                async with asyncio.timeout(None if reading.came.first_s is None else quiet):
                    message = await socket.receive()
            except TimeoutError:
                break
            if message.type is aiohttp.WSMsgType.TEXT:
                reading.take(f"{message.data}\n".encode())
            elif message.type is aiohttp.WSMsgType.BINARY:
                reading.take(bytes(message.data))
            else:
                reading.came.exit_code = None
                break
        with contextlib.suppress(Exception):
            await socket.close()
    return reading.end("complete")


def _said(broken: Exception) -> str:
    """Say why no whole answer came, in the same words on every machine."""
    if isinstance(broken, aiohttp.ClientConnectorError):
        return "no connection to the app"
    if isinstance(broken, aiohttp.ServerDisconnectedError | ConnectionError | aiohttp.ClientOSError):
        return "the app closed the connection without a whole answer"
    if isinstance(broken, aiohttp.ClientPayloadError):
        return "the app's answer ended early"
    return f"{type(broken).__name__}: {broken}"
