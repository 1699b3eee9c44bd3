"""What the service answers to requests that are wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gonogo.facts import Exchange
from gonogo.prove.drive.routes import UNKNOWN, Route
from gonogo.prove.probe.authentication import credential
from gonogo.prove.probe.visitor import Visitor

OVERSIZE = 1024 * 1024
"""Bytes of the oversize body."""
WRONG_BODIES = {
    "malformed": b'{"text": ',
    "wrong-types": b'[{"text": {"nested": [1, 2]}}]',
    "missing-fields": b"{}",
    "oversize": b'{"text": "' + b"a" * OVERSIZE + b'"}',
}
"""Wrong bodies by the name of what is wrong with them."""
ROUTES = 2
"""How many routes are asked each way."""


async def error_shape(visitor: Visitor, routes: list[Route]) -> AsyncIterator[Exchange]:
    """Ask for what does not exist; where changing requests are allowed, send wrong bodies with a good credential."""
    posts = [r for r in routes if r.method in ("POST", "PUT", "PATCH")]
    yield await visitor.ask(UNKNOWN, purpose="error-shape", case="unknown-path")
    reading = {r.route for r in routes if r.method == "GET"}
    for route in [r for r in posts if r.route not in reading][:ROUTES]:
        yield await visitor.ask(route.path, purpose="error-shape", case="wrong-method")
    if not visitor.sends_unsafe:
        visitor.left_out.append("error-shape: wrong bodies (sent only to disposable environments)")
        return
    known = credential(visitor)
    headers = {"Content-Type": "application/json"} | ({known[0].header: known[1]} if known else {})
    for route in posts[:ROUTES]:
        for case, body in WRONG_BODIES.items():
            yield await visitor.ask(
                route.path,
                purpose="error-shape",
                case=case,
                method=route.method,
                headers=headers,
                body=body,
                identity=known[0].name if known else None,
            )
