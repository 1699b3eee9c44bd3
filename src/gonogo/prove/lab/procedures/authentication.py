"""Every route that is not public, with a good credential and with each kind of bad one."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

from gonogo.derive.public import is_public
from gonogo.facts.declaration import Identity, System
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.drive.environment import credential
from gonogo.prove.drive.routes import Route, is_admin, journey_for, known, parsed
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

MOST = 40
"""Routes that are tried; the rest is named as cut."""
_DEADLINE_S = 15.0


async def play(play: Play) -> None:
    """Play the healthy journeys, and then each route in turn."""
    session, system = play.session, play.system
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    for journey in system.journeys:
        await session.ask(ask(journey, play.new_id()))
    play.done.append("healthy")
    public = system.service.public if system.service else ()
    routes = [r for r in await routes_of(play) if r.method != "OPTIONS" and not is_public(r.route, public)]
    for number, route in enumerate(routes):
        if number >= MOST:
            play.cut["routes"] = f"only {MOST} of {len(routes)} routes were tried"
            break
        play.tell(f"{play.scenario.scenario}: {route.label}")
        for case, headers in credentials(system, route):
            session.room.case = case
            await session.ask(request(play, route, headers), "authentication")
            play.sent += 1
    play.done.append("routes")


async def routes_of(play: Play) -> list[Route]:
    """Return the routes that code, journeys and the OpenAPI document tell of."""
    service = play.system.service
    named = (service and service.openapi) or "/openapi.json"
    document: bytes | None = None
    if named.startswith("/"):
        document = await play.session.get(named)
    else:
        with contextlib.suppress(OSError):
            document = (play.session.root / named).read_bytes()
    return known(play.system, play.known, parsed(document))


def request(play: Play, route: Route, headers: dict[str, str]) -> Ask:
    """Return the request to a route: that of its journey, or an empty one."""
    journey = journey_for(play.system, route)
    body: Any = journey.body if journey else {}
    unsafe = route.method not in ("GET", "HEAD")
    own = dict(journey.headers) if journey else {}
    if unsafe and not isinstance(body, str):
        own.setdefault("Content-Type", "application/json")
    return Ask(
        id=play.new_id(), name=route.label, method=route.method, path=(journey and journey.path) or route.path,
        headers={**own, **headers}, body=encoded(body) if unsafe else None, deadline_s=_DEADLINE_S, said=route.label,
    )  # fmt: skip


def credentials(system: System, route: Route) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each kind of credential for a route, the good one first, as headers."""
    who = owner_of(system, route)
    good = credential(system, who.name) if who and who.variable else {}
    header, value = next(iter(good.items()), ("Authorization", ""))
    if value:
        yield "good", {header: value}
    yield "none", {}
    yield "malformed", {header: "gonogo"}
    scheme, _, secret = value.rpartition(" ")
    scheme = f"{scheme} " if scheme else "" if value else "Bearer "
    yield "wrong", {header: f"{scheme}gonogo-lab-no-such-key"}
    if secret:
        yield "altered", {header: f"{scheme}{altered(secret)}"}
        yield "cut", {header: f"{scheme}{secret[: len(secret) // 2]}"}
    for what, forged in tokens(secret):
        yield what, {header: f"{scheme}{forged}"}
    for what, bad in (system.lab.refused if system.lab else {}).items():
        yield what, {header: bad}


def owner_of(system: System, route: Route) -> Identity | None:
    """Return who may call a route: its journey's identity, an administrator, or the first user."""
    journey = journey_for(system, route)
    wanted = journey.identity if journey else None
    roles = ("admin", "user") if is_admin(route.route) else ("user", "admin")
    named = next((i for i in system.identities if i.name == wanted), None)
    return named or next((i for role in roles for i in system.identities if i.role == role), None)


def altered(secret: str) -> str:
    """Return the credential with its last character changed."""
    return secret[:-1] + ("0" if secret[-1] != "0" else "1")


def tokens(secret: str) -> Iterator[tuple[str, str]]:
    """Yield forgeries of a JSON Web Token: unsigned, and with another user in it under the old signature."""
    parts = secret.split(".")
    if len(parts) != 3:
        return
    try:
        claims = json.loads(_decoded(parts[1]))
    except ValueError:
        return
    if isinstance(claims, dict):
        yield "unsigned", f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{parts[1]}."
        yield "resigned", f"{parts[0]}.{_encoded({**claims, 'sub': 'admin', 'role': 'admin'})}.{parts[2]}"


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
