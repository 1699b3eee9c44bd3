"""Whether consoles, debug pages and admin routes answer a caller without a credential."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from gonogo.facts import Exchange
from gonogo.prove.drive.routes import CONSOLES, UNKNOWN, Route, is_admin
from gonogo.prove.probe.visitor import Visitor

PORTS = {2375: "Docker", 5555: "Flower", 6006: "TensorBoard", 8081: "a console", 8888: "notebooks", 15672: "RabbitMQ"}
"""Ports where consoles usually listen; tried on the environment's own host, never on this machine."""
PORT_SECONDS = 1.5


async def admin(visitor: Visitor, routes: list[Route]) -> AsyncIterator[Exchange]:
    """Ask for an unknown path (the control run), the usual consoles and every admin route that can be read safely."""
    yield await visitor.ask(UNKNOWN, purpose="admin", case="unknown-path")
    own = [r for r in routes if is_admin(r.route)]
    for route in own:
        if route.method == "GET":
            seen = await visitor.ask(route.path, purpose="admin", case="route")
            yield msgspec.structs.replace(seen, route=route.route)
        else:
            visitor.left_out.append(f"admin: {route.label} (only reading routes are tried)")
    for path in CONSOLES:
        if path not in {r.route for r in own}:
            yield await visitor.ask(path, purpose="admin", case="console")
    for port in PORTS if not visitor.place.loopback else ():
        if port != visitor.place.port:
            yield await _knock(visitor, port)


async def _knock(visitor: Visitor, port: int) -> Exchange:
    """Open a connection and close it again; nothing is sent. No `error` means that the port is open."""
    visitor.spend()
    error = None
    try:
        async with asyncio.timeout(PORT_SECONDS):
            _, writer = await asyncio.open_connection(visitor.place.host, port)
        writer.transport.abort()
    except (OSError, TimeoutError) as closed:
        error = type(closed).__name__
    return Exchange(
        seen_at=visitor.now(),
        run=visitor.target.run,
        purpose="admin",
        case="port",
        environment=visitor.environment.name,
        method="CONNECT",
        url=f"tcp://{visitor.place.host}:{port}",
        error=error,
    )
