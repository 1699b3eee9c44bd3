"""Whether consoles, debug pages and admin routes answer a caller without a credential."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from gonogo.facts import Exchange
from gonogo.prove.probe.health import UNKNOWN
from gonogo.prove.probe.routes import Route
from gonogo.prove.probe.visitor import Visitor

CONSOLES = (
    "/admin",
    "/admin/",
    "/_admin",
    "/api/admin",
    "/actuator",
    "/actuator/env",
    "/console",
    "/debug",
    "/debug/pprof/",
    "/debug/vars",
    "/flower",
    "/internal",
    "/manage",
    "/server-status",
    "/.env",
    "/.git/config",
)
"""Paths where consoles and debug pages usually are."""


def is_admin(route: str) -> bool:
    """Tell whether a route is for administrators, by its path."""
    words = route.lower().strip("/").replace("_", "-").split("/")
    return any(w in ("admin", "administration", "debug", "internal", "manage", "actuator") for w in words)


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
