"""A short burst of requests, sent only to disposable environments, that ought to meet a 429."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from gonogo.derive.public import is_public
from gonogo.facts import Exchange, HttpRoute
from gonogo.prove.drive.routes import Route
from gonogo.prove.probe.authentication import credential
from gonogo.prove.probe.visitor import Visitor

BURST = 130
"""Requests of a burst: the catalogue's limit for one address in a minute, and ten more."""
MOST = 200
_WORTH = ("GET", "POST", "PUT", "PATCH")


def burst_length(visitor: Visitor) -> int:
    """Return ten more than the limit per address that gonogo.yaml sets, at most 200."""
    declared = visitor.target.declaration
    limits = declared.system.thresholds.get("access.rate-limits", {}) if declared else {}
    wanted = limits.get("per_ip_rpm", BURST - 10)
    return max(1, min(MOST, int(wanted) + 10)) if isinstance(wanted, int | float) else BURST


async def burst(visitor: Visitor, routes: list[Route]) -> AsyncIterator[Exchange]:
    """Call one cheap route again and again until a 429 comes; keep the first answer and the last.

    A route that changes state gets an empty body, which fails validation before a model is asked.
    """
    if not visitor.sends_unsafe:
        visitor.left_out.append("rate-limit: a burst goes only to environments declared disposable")
        return
    route = _subject(visitor, routes)
    if route is None:
        visitor.left_out.append("rate-limit: no route is known that is not public")
        return
    wanted = burst_length(visitor)
    first, last, sent = None, None, 0
    while sent < wanted and visitor.sent < visitor.environment.request_budget:
        last = await _one(visitor, route)
        sent += 1
        first = first or last
        if last.status == 429 or last.status is None:
            break
        if route.method != "GET" and last.status < 400:
            visitor.left_out.append(
                f"rate-limit: {route.label} does its work with an empty body; a burst would cost money"
            )
            return
    if first and last:
        yield msgspec.structs.replace(first, case="first")
        yield msgspec.structs.replace(last, case=f"request {sent} of {wanted}")


def _subject(visitor: Visitor, routes: list[Route]) -> Route | None:
    """Choose a route that is not public, reading before changing ones; a reading one that calls a model is too dear."""
    seen = visitor.target.known.of(HttpRoute) if visitor.target.known else ()
    dear = {("GET", r.route) for r in seen if r.calls_model}
    guarded = [r for r in routes if not is_public(r.route) and r.method in _WORTH and (r.method, r.route) not in dear]
    return min(guarded, key=lambda r: (r.method != "GET", r), default=None)


async def _one(visitor: Visitor, route: Route) -> Exchange:
    known = credential(visitor)
    headers = {known[0].header: known[1]} if known else {}
    return await visitor.ask(
        route.path,
        purpose="rate-limit",
        method=route.method,
        headers=headers | {"Content-Type": "application/json"},
        body=b"{}" if route.method != "GET" else None,
        identity=known[0].name if known else None,
    )
