"""Which routes a service has: from the scan's facts, the declared journeys and its OpenAPI document. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from gonogo.derive.factset import FactSet
from gonogo.facts import HttpRoute
from gonogo.facts.declaration import Journey, System

_METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}|<[^<>/]*>|(?<=/):[A-Za-z_]\w*|\[\.{0,3}[^\[\]/]+\]")
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
UNKNOWN = "/gonogo-probe-unknown-path"
"""A path that no service has: what it answers there is its answer to whatever it does not know."""


@dataclass(frozen=True, order=True)
class Route:
    """A route of the service: its template as the framework writes it, and a method."""

    route: str
    method: str

    @property
    def path(self) -> str:
        """The template with every placeholder filled in: `1` fits whole numbers and names alike."""
        return _PLACEHOLDER.sub("1", self.route)

    @property
    def label(self) -> str:
        """Method and template, as people write it."""
        return f"{self.method} {self.route}"


def known(system: System | None, scanned: FactSet | None, document: Any) -> list[Route]:
    """Return every route once, sorted; `document` is a parsed OpenAPI document, or None."""
    return sorted({*_scanned(scanned), *_journeys(system), *_documented(document)})


def _scanned(facts: FactSet | None) -> Iterator[Route]:
    for seen in facts.of(HttpRoute) if facts else ():
        if not seen.in_tests and seen.route.startswith("/"):
            yield from (Route(seen.route, m) for m in _methods(seen.method))


def _methods(text: str) -> Iterator[str]:
    """Split what a scanner gives as method: `GET`, `GET,POST`, or ANY, which is tried as GET."""
    for word in re.split(r"[,|\s]+", text.upper()):
        if word.lower() in _METHODS:
            yield word
        elif word in ("ANY", "*", "ALL"):
            yield "GET"


def _journeys(system: System | None) -> Iterator[Route]:
    for journey in system.journeys if system else ():
        if journey.path and journey.path.startswith("/"):
            yield Route(journey.path.partition("?")[0], journey.method.upper())


def _documented(document: Any) -> Iterable[Route]:
    paths = document.get("paths") if isinstance(document, dict) else None
    for route, operations in paths.items() if isinstance(paths, dict) else ():
        if isinstance(route, str) and route.startswith("/") and isinstance(operations, dict):
            yield from (Route(route, m.upper()) for m in _METHODS if m in operations)


def journey_for(system: System | None, route: Route) -> Journey | None:
    """Return the declared journey that makes this very request, for its body."""
    for journey in system.journeys if system else ():
        if journey.path and journey.path.partition("?")[0] == route.route and journey.method.upper() == route.method:
            return journey
    return None


def is_admin(route: str) -> bool:
    """Tell whether a route is for administrators, by its path."""
    words = route.lower().strip("/").replace("_", "-").split("/")
    return any(w in ("admin", "administration", "debug", "internal", "manage", "actuator") for w in words)


def parsed(content: bytes | None) -> Any:
    """Return an OpenAPI document, JSON or YAML, None where it is neither."""
    if content is None:
        return None
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return _parsed_yaml(content)


def _parsed_yaml(content: bytes) -> Any:
    import yaml  # most documents are JSON

    try:
        return yaml.safe_load(content)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
