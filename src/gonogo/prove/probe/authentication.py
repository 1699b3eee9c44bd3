"""Whether every route that is not public refuses callers without a valid credential."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import msgspec

from gonogo.derive.public import is_public
from gonogo.facts import Exchange
from gonogo.facts.declaration import Identity
from gonogo.prove.drive.routes import Route, journey_for
from gonogo.prove.probe.visitor import SAFE_METHODS, Visitor

BAD_CREDENTIAL = "Bearer gonogo-probe-no-such-key"


def credential(visitor: Visitor) -> tuple[Identity, str] | None:
    """Return the first identity whose variable is set, an ordinary user before a low role, and its header's value."""
    declared = visitor.target.declaration
    identities = declared.system.identities if declared else ()
    for identity in sorted(identities, key=lambda i: i.role != "user"):
        value = os.environ.get(identity.variable or "", "").strip()
        if value and value.isprintable():
            visitor.secrets |= {value, value.split()[-1]}
            return identity, value
    return None


async def authentication(visitor: Visitor, routes: list[Route]) -> AsyncIterator[Exchange]:
    """Call every route without, with a bad and with a good credential; the good one shows that the route works at all.

    A route that changes state is called only where that is allowed, first with an empty body. Only where this was let
    through to validation, the journey's real body is sent without a credential: this is the attack.
    """
    declared = visitor.target.declaration
    public = declared.system.service.public if declared and declared.system.service else ()
    known = credential(visitor)
    header = known[0].header if known else "Authorization"
    for route in routes:
        if route.method == "OPTIONS" or is_public(route.route, public):
            continue
        if route.method not in SAFE_METHODS and not visitor.sends_unsafe:
            why = f"{route.method} is sent only to environments declared disposable, not to production"
            visitor.left_out.append(f"authentication: {route.label} ({why})")
            continue
        bare = await _call(visitor, route, "none", {})
        yield bare
        if bare.status in (400, 415, 422) and (body := _body(visitor, route)):
            yield await _call(visitor, route, "none, whole body", {}, body)
        yield await _call(visitor, route, "bad", {header: BAD_CREDENTIAL})
        if known:
            yield await _call(visitor, route, "good", {header: known[1]}, identity=known[0].name)


async def _call(
    visitor: Visitor,
    route: Route,
    case: str,
    headers: dict[str, str],
    body: bytes = b"{}",
    identity: str | None = None,
) -> Exchange:
    unsafe = route.method not in SAFE_METHODS
    seen = await visitor.ask(
        route.path,
        purpose="authentication",
        case=case,
        method=route.method,
        headers=headers | ({"Content-Type": "application/json"} if unsafe else {}),
        body=body if unsafe else None,
        identity=identity,
    )
    return msgspec.structs.replace(seen, route=route.route)


def _body(visitor: Visitor, route: Route) -> bytes | None:
    declared = visitor.target.declaration
    journey = journey_for(declared.system if declared else None, route)
    if journey is None or journey.body is None:
        return None
    return journey.body.encode() if isinstance(journey.body, str) else msgspec.json.encode(journey.body)
