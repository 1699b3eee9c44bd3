"""The server's side of stdio: one JSON-RPC message per line, both ways over one HTTP request that the relay holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from gonogo.prove.lab.standins.mcp_answers import answer
from gonogo.prove.lab.standins.server import BODY_LIMIT, Request, Stream
from gonogo.prove.lab.standins.serving import Call, Reply, spoil
from gonogo.wire import jsonrpc, mcp
from gonogo.wire.jsonrpc import INTERNAL_ERROR, Message, RpcError

if TYPE_CHECKING:
    from gonogo.prove.lab.standins.mcp import McpStandin

GRACE_S = 0.5
"""How long answers under way may take after the app has closed its end."""


async def serve_lines(standin: McpStandin, request: Request) -> None:
    """Answer the messages of one program until it closes its end."""
    response = await request.begin(200, {"Content-Type": "application/x-ndjson"})
    program = _Program(standin, request, response)
    try:
        async for line in _lines(request):
            program.hear(line)
        if program.tasks:
            await asyncio.wait(program.tasks, timeout=GRACE_S)
    finally:
        for task in program.tasks:
            task.cancel()
        await asyncio.gather(*program.tasks, return_exceptions=True)
    await response.write_eof()


class _Program:
    """One program's conversation: the version that it was greeted in, and the answers under way."""

    def __init__(self, standin: McpStandin, request: Request, response: Stream) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._standin, self._request, self._response = standin, request, response
        self._session, self._version, self._client = uuid4().hex, mcp.HANDSHAKE_VERSIONS[-1], ""
        self._writing = asyncio.Lock()

    def hear(self, line: bytes) -> None:
        """Begin to answer a line, or withdraw what it takes back."""
        try:
            message = jsonrpc.parse(line)
            version = mcp.modern_version(message, None)
            if message.method == "initialize":
                version = self._version = mcp.negotiate(message)
                self._client = _client(message)
        except RpcError as error:
            self._begin(self._write(jsonrpc.error(error)))
            return
        if not message.is_request:
            self._standin.withdraw(message, self._session)
            return
        call = self._standin.arrive(self._request)
        call.caller = call.caller or self._client
        work = self._answer(message, version or self._version, call)
        self._begin(self._standin.track(work, self._session, message, call))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()  # A program that has left cannot be answered; it is not told of.

    async def _answer(self, message: Message, version: str, call: Call) -> None:
        """Answer a request, with its fault done to it as far as a pipe can carry it."""
        try:
            body = answer(self._standin.room, message, version, call)
        except RpcError as error:
            body = jsonrpc.error(error, message.id)
        fault = call.fault
        match fault.fault if fault else "":
            case "slow-answer" | "slow-first-token":
                await asyncio.sleep(fault.seconds if fault else 0)
            case "hang-before-headers" | "hang-before-accept" | "hang-mid-stream":
                await asyncio.Event().wait()
            case "reset" | "reset-mid-stream" | "truncated":
                call.ended_s = self._since(call)
                self._standin.reset(self._request)
                return
            case "status" | "html":
                body = jsonrpc.error(RpcError("Internal error", code=INTERNAL_ERROR), message.id)
        body = spoil(Reply(body), fault, self._standin.room).body if fault and fault.fault != "html" else body
        call.status, call.first_byte_s = 200, self._since(call)
        await self._write(body, fault.seconds if fault and fault.fault == "drip" else None)
        call.ended_s = self._since(call)

    def _since(self, call: Call) -> float:
        return self._standin.room.clock() - call.started_s

    async def _write(self, body: bytes, drip_s: float | None = None) -> None:
        """Write one line, whole or a byte every `drip_s` seconds."""
        async with self._writing:
            for byte in body if drip_s is not None else b"":
                await self._response.write(bytes((byte,)))
                await asyncio.sleep(drip_s or 0)
            await self._response.write((body if drip_s is None else b"") + b"\n")


async def _lines(request: Request) -> AsyncIterator[bytes]:
    """Yield the lines that arrive, without their ends; a program that sends an endless one is left."""
    rest = b""
    async for chunk in request.parts():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield line
        if len(rest) > BODY_LIMIT:
            return


def _client(message: Message) -> str:
    """Return name and version of the client that greets."""
    client: Any = message.params.get("clientInfo")
    return f"{client.get('name', '')}/{client.get('version', '')}"[:200] if isinstance(client, dict) else ""
