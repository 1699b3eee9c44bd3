"""Health routes of the deployment: whether they answer, how fast, and with which release."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gonogo.facts import Exchange, HealthRoute
from gonogo.prove.drive.routes import UNKNOWN
from gonogo.prove.probe.visitor import Visitor

GUESSES = ("/healthz", "/health", "/livez", "/readyz", "/ready", "/api/health", "/ping")
"""Where health routes usually are, tried when none is declared or found."""


def known_paths(visitor: Visitor) -> dict[str, str]:
    """Return path to case (declared, ready, live, ...) of the health routes that the declaration or the scan names."""
    target = visitor.target
    paths: dict[str, str] = {}
    service = target.declaration.system.service if target.declaration else None
    if service and service.health:
        paths[service.health] = "health"
    if service and service.ready:
        paths[service.ready] = "ready"
    for seen in target.known.of(HealthRoute) if target.known else ():
        if seen.method.upper() in ("GET", "HEAD", "ANY") and "{" not in seen.route and "<" not in seen.route:
            paths.setdefault(seen.route, seen.role)
    return paths


async def health(visitor: Visitor) -> AsyncIterator[Exchange]:
    """Ask for an unknown path first (the control run), then for every known health route, or for the usual ones."""
    yield await visitor.ask(UNKNOWN, purpose="health", case="unknown-path")
    known = known_paths(visitor)
    for path, case in known.items():
        yield await visitor.ask(path, purpose="health", case=case, hops=2)
    for path in GUESSES if not known else ():
        seen = await visitor.ask(path, purpose="health", case="guess", hops=2)
        yield seen
        if seen.status == 200:
            break
