"""Which origins the service lets browsers call it from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from gonogo.facts import Exchange
from gonogo.prove.drive.routes import UNKNOWN, Route
from gonogo.prove.probe.health import known_paths
from gonogo.prove.probe.visitor import Visitor

STRANGER = "https://stranger.example"
LISTED_LIMIT = 5


def origins(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Yield (case, origin): listed ones, a stranger, `null`, and names that a careless comparison lets through."""
    listed = [o.rstrip("/") for o in visitor.environment.origins if o != "*"][:LISTED_LIMIT]
    yield from (("listed", origin) for origin in listed)
    yield "unlisted", STRANGER
    yield "null", "null"
    for model in listed[:2] or [visitor.place.origin]:
        yield from _look_alikes(model)


def _look_alikes(origin: str) -> Iterator[tuple[str, str]]:
    parts = urlsplit(origin)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    yield "look-alike suffix", f"{parts.scheme}://{host}.stranger.example{port}"
    if host.replace(".", "").isdigit() or ":" in host:
        return  # an address has no names that look like it
    yield "look-alike prefix", f"{parts.scheme}://evil{host}{port}"
    if "." in host:
        yield "look-alike dot", f"{parts.scheme}://{host.replace('.', 'x', 1)}{port}"
    if parts.scheme == "https":
        yield "look-alike scheme", f"http://{host}{port}"


async def cors(visitor: Visitor, routes: list[Route]) -> AsyncIterator[Exchange]:
    """Send a preflight and a plain GET from each origin, to the route that matters most."""
    route = _subject(routes)
    plain = next(iter(known_paths(visitor)), UNKNOWN)
    for case, origin in origins(visitor):
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": route.method,
        }
        yield await visitor.ask(route.path, purpose="cors", case=case, method="OPTIONS", headers=headers)
        yield await visitor.ask(plain, purpose="cors", case=case, headers={"Origin": origin})


def _subject(routes: list[Route]) -> Route:
    """Choose the route whose preflight is asked: one that changes state if there is one."""
    changing = [r for r in routes if r.method in ("POST", "PUT", "PATCH", "DELETE")]
    return (changing or routes or [Route(UNKNOWN, "POST")])[0]
