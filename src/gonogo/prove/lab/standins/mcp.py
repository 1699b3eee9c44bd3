"""An MCP server that stands in for the app's tools, over streamable HTTP and, by a relay, over stdio.

It speaks every version of the protocol from 2024-11-05 to 2026-07-28. Its tools touch nothing. Each call becomes a
`ToolCall`. Faults of the boundary `tool` hit calls by the tool's name; greetings and lists are hit only by a fault
that names them (`initialize`, `tools/list`, ...) among its operations, and are then recorded under that name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar
from uuid import uuid4

from gonogo.facts.traffic import ToolCall
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.standins.mcp_answers import answer
from gonogo.prove.lab.standins.mcp_lines import serve_lines
from gonogo.prove.lab.standins.server import Request, Response
from gonogo.prove.lab.standins.serving import JSON, Call, Reply, Standin, plain_error
from gonogo.wire import jsonrpc, mcp, sse
from gonogo.wire.jsonrpc import Id, Message, RpcError

EVENTS = "text/event-stream"
STDIO_PATH = "/stdio"
"""Where the relay of `mcp_stdio.py` sends the lines of an app that starts its tool server as a program."""
SESSIONS = 10_000
"""Sessions kept at most; the oldest is forgotten first."""
PING_S = 15.0
"""Between comments that keep an event stream open."""

T = TypeVar("T")


class McpStandin(Standin):
    """Tools behind MCP, for one room."""

    def __init__(self, room: Room) -> None:
        """Stand in `room`, with no session yet."""
        super().__init__(room)
        self._sessions: dict[str, str] = {}
        self._running: dict[tuple[str, Id], asyncio.Task[object]] = {}

    async def respond(self, request: Request) -> Response | None:
        """Answer one HTTP request; the path does not matter, but for the relay's."""
        session = request.headers.get(mcp.SESSION_HEADER.lower(), "")
        if request.method == "POST":
            return await (serve_lines(self, request) if request.path == STDIO_PATH else self._post(request, session))
        if request.method not in ("GET", "DELETE"):
            return Response(status=405, headers={"Allow": "GET, POST, DELETE"})
        if session not in self._sessions:
            return _refused(RpcError("Session not found", status=404 if session else 400))
        if request.method == "GET":
            await _listen(request)
        del self._sessions[session]
        return Response()

    async def _post(self, request: Request, session: str) -> Response | None:
        """Answer one message that was POSTed."""
        call = self.arrive(request)
        try:
            message = jsonrpc.parse(await request.read())
            version = mcp.modern_version(message, request.headers) or self._version(message, session)
        except RpcError as error:
            return _refused(error)
        if not message.is_request:
            self.withdraw(message, session)
            return Response(status=202)
        if message.method == "initialize":
            session = self._open(version)
        try:
            await self.track(self._exchange(request, call, message, version, session), session, message, call)
            return None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if call.status is not None or (task is not None and task.cancelling()):
                raise
            return _refused(RpcError("Request cancelled", code=mcp.REQUEST_CANCELLED, id=message.id, status=200))

    async def _exchange(self, request: Request, call: Call, message: Message, version: str, session: str) -> None:
        """Answer a request over HTTP: as an event stream where servers of its version do so, else as JSON."""
        modern = version in mcp.MODERN_VERSIONS
        try:
            reply = Reply(answer(self.room, message, version, call))
        except RpcError as error:
            reply = Reply(jsonrpc.error(error, message.id), mcp.http_status(error) if modern else 200)
        progress = mcp.progress(message, 1, 1)
        if EVENTS in request.headers.get("accept", "") and reply.status == 200 and (progress or not modern):
            events = (progress, reply.body) if progress else (reply.body,)
            reply.type, reply.body = EVENTS, b"".join(sse.encode(event, "message") for event in events)
        if call.fault and call.fault.fault == "status":
            reply = plain_error(call.fault)
        elif not modern:
            reply.headers[mcp.SESSION_HEADER] = session
        await self.send(request, call, reply)

    async def track(self, work: Coroutine[None, None, T], session: str, message: Message, call: Call) -> T:
        """Await the work on a request so that a cancellation finds it, and keep its fact, whatever becomes of it."""
        task = asyncio.ensure_future(work)
        self._running[session, message.id] = task
        try:
            return await task
        except asyncio.CancelledError:
            self.leave(call)
            raise
        finally:
            self._running.pop((session, message.id), None)
            if call.seen:
                self.room.keep(ToolCall(**self.traffic(call), **call.seen))

    def withdraw(self, message: Message, session: str) -> None:
        """Cancel the request that a notification takes back; other notifications change nothing."""
        id = message.params.get("requestId")
        task = self._running.get((session, id)) if isinstance(id, str | int) else None
        if message.method == "notifications/cancelled" and task is not None:
            task.cancel()

    def _version(self, message: Message, session: str) -> str:
        """Return the version of a session with a handshake; raises `RpcError` where there is none."""
        if message.method == "initialize":
            return mcp.negotiate(message)
        if session not in self._sessions:
            problem = "Session not found" if session else "Bad Request: Missing session ID"
            raise RpcError(problem, id=message.id, status=404 if session else 400)
        return self._sessions[session]

    def _open(self, version: str) -> str:
        """Open a session."""
        if len(self._sessions) >= SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = uuid4().hex
        self._sessions[session] = version
        return session


def _refused(problem: RpcError) -> Response:
    """Answer a message that cannot be served, or will not be any more."""
    return Response(problem.status, {"Content-Type": JSON}, jsonrpc.error(problem))


async def _listen(request: Request) -> None:
    """Hold the stream of a session open; a stand-in has nothing to say by itself."""
    response = await request.begin(200, {"Content-Type": EVENTS, "Cache-Control": "no-cache"})
    while True:
        await response.write(sse.comment("ping"))
        await asyncio.sleep(PING_S)
