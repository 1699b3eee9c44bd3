"""What every stand-in server shares: a port, who called when, and the faults that are done to any HTTP answer."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import socket
import ssl
import struct
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gonogo.facts.traffic import Traffic
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Fault
from gonogo.prove.lab.standins.server import Request, Response, Server, Stream
from gonogo.wire.store import StoreRequest

JSON = "application/json"
_HTML = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


@dataclass
class Reply:
    """An answer before anything is done to it."""

    body: bytes = b""
    status: int = 200
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A call under way: when it came and went, and what its fact will say; times are as in `Traffic`."""

    order: int
    started_s: float
    caller: str = ""
    connection: int = 0
    journey: str = ""
    trace: str | None = None
    fault: Fault | None = None
    status: int | None = None
    first_byte_s: float | None = None
    ended_s: float | None = None
    aborted: bool = False
    asked: StoreRequest | None = None
    """What is asked of a store."""
    seen: dict[str, Any] = field(default_factory=dict)
    """Fields of its fact that only its boundary has; a call without any is none of the boundary's business."""


class Standin(ABC):
    """An HTTP server of one room. A call whose caller leaves is cancelled, and its fact says `aborted`."""

    def __init__(self, room: Room) -> None:
        """Stand in `room`; nothing is opened yet."""
        self.room = room
        self.port = 0
        self._server = Server(self.respond)
        self._stopping = False

    async def start(
        self,
        *,
        unix: Path | None = None,
        port: int | None = None,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Listen on a UNIX socket, on a TCP port (0 for any free one: `self.port` tells), or on both."""
        await self._server.start(unix=unix, port=port, host=host, tls=tls)
        self.port = self._server.port

    async def stop(self) -> None:
        """Close the port and every connection; calls under way end, and are not the caller's aborts."""
        self._stopping = True
        await self._server.stop()
        await asyncio.sleep(0)  # what has ended is kept in the next turn of the loop

    @abstractmethod
    async def respond(self, request: Request) -> Response | None:
        """Answer one request: return a whole answer, or None where it has been written, or where none is to be."""

    def arrive(self, request: Request) -> Call:
        """Note that a request came."""
        journey, trace = self.room.journey_of(request.headers.get("traceparent"))
        return Call(
            self.room.order(),
            self.room.clock(),
            caller=request.headers.get("user-agent", "")[:200],
            connection=request.connection,
            journey=journey,
            trace=trace,
        )

    def leave(self, call: Call) -> None:
        """Note that the caller closed first or took its call back, unless we have closed or are closing ourselves."""
        if call.ended_s is None:
            call.aborted, call.ended_s = not self._stopping, self.room.clock() - call.started_s

    def traffic(self, call: Call) -> dict[str, Any]:
        """Return the fields that the facts of all boundaries share."""
        room = self.room
        return {
            "seen_at": room.now(),
            "run": room.run,
            "scenario": room.scenario,
            "case": room.case,
            "journey": call.journey,
            "order": call.order,
            "started_s": call.started_s,
            "first_byte_s": call.first_byte_s,
            "ended_s": call.ended_s,
            "status": call.status,
            "fault": call.fault.fault if call.fault else None,
            "aborted": call.aborted,
            "caller": call.caller,
            "connection": call.connection,
            "trace": call.trace,
        }

    async def finish(self, request: Request, call: Call, reply: Reply, fact: type[Traffic]) -> None:
        """Send `reply` and keep the call's fact, whatever becomes of it."""
        try:
            await self.send(request, call, reply)
        except asyncio.CancelledError:
            self.leave(call)
            raise
        finally:
            if call.seen:
                self.room.keep(fact(**self.traffic(call), **call.seen))

    async def send(self, request: Request, call: Call, reply: Reply) -> None:
        """Send `reply`, with the call's fault done to it where that is one of transport or form."""
        fault = call.fault
        name = fault.fault if fault else ""
        if fault and name in ("slow-answer", "slow-first-token"):
            await asyncio.sleep(fault.seconds)
        if name in ("hang-before-headers", "hang-before-accept"):
            await asyncio.Event().wait()
        if name == "reset":
            await self._break(request, call)
        reply = spoil(reply, fault, self.room)
        head = {"Content-Type": reply.type, **reply.headers}
        response = await request.begin(reply.status, head, None if name == "drip" else len(reply.body))
        call.status, call.first_byte_s = reply.status, self.room.clock() - call.started_s
        await self._body(request, response, call, reply.body)
        await response.write_eof()
        call.ended_s = self.room.clock() - call.started_s

    async def _body(self, request: Request, response: Stream, call: Call, body: bytes) -> None:
        """Write the body, or that part of it which the fault lets out."""
        fault = call.fault
        name = fault.fault if fault else ""
        if fault and name == "drip":
            for byte in itertools.chain(body, itertools.repeat(ord(" "))):
                await response.write(bytes((byte,)))
                await asyncio.sleep(fault.seconds)
        if fault and name in ("hang-mid-stream", "reset-mid-stream", "truncated"):
            await response.write(body[: min(fault.bytes if name == "truncated" else len(body) // 2, len(body) - 1)])
            if name == "hang-mid-stream":
                await asyncio.Event().wait()
            await self._break(request, call, reset=name == "reset-mid-stream")
        await response.write(body)

    async def _break(self, request: Request, call: Call, *, reset: bool = True) -> None:
        """End the connection now, with a TCP reset or in good order; the server then cancels this call."""
        call.ended_s = self.room.clock() - call.started_s
        if reset:
            self.reset(request)
        else:
            request.transport.close()
        await asyncio.Event().wait()

    def reset(self, request: Request) -> None:
        """Reset a connection: the peer sees it broken, not ended. Over a UNIX socket the room's mark says so."""
        transport = request.transport
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family == socket.AF_UNIX and self.room.reset_mark:
            transport.write(self.room.reset_mark)
            transport.close()
            return
        if sock is not None and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def spoil(reply: Reply, fault: Fault | None, room: Room) -> Reply:
    """Return the answer in the wrong form that the fault asks for."""
    match fault.fault if fault else "":
        case "empty":
            return Reply(b"", reply.status, reply.type, reply.headers)
        case "garbage":
            return Reply(room.random.randbytes(256), reply.status, reply.type, reply.headers)
        case "malformed":
            return Reply(reply.body[: len(reply.body) * 2 // 3], reply.status, reply.type, reply.headers)
        case "wrong-content-type":
            return Reply(reply.body, reply.status, "text/html", reply.headers)
        case "html":
            status = fault.status if fault else 502
            return Reply(_HTML.format(f"{status} {_phrase(status)}").encode(), status, "text/html")
    return reply


def plain_error(fault: Fault) -> Reply:
    """Return the error of a server that says no more than its status."""
    text = fault.text or _phrase(fault.status)
    return Reply(text.encode(), fault.status, "text/plain", retry_after(fault))


def retry_after(fault: Fault) -> dict[str, str]:
    """Return the header that says when to come again, where the fault says it."""
    return {} if fault.retry_after_s is None else {"Retry-After": f"{fault.retry_after_s:g}"}


def _phrase(status: int) -> str:
    return http.client.responses.get(status, "Error")
