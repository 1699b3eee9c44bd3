"""Which routes there are to probe: from the scan's facts, the declared journeys and the service's OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from gonogo.facts import HttpRoute
from gonogo.facts.declaration import Journey, System
from gonogo.prove.base import Target
from gonogo.prove.probe.visitor import Visitor

DOCUMENT_LIMIT = 2 * 1024 * 1024
"""Bytes of an OpenAPI document that are read."""
ROUTE_LIMIT = 60
"""Routes that one run looks at; the rest is named as left out."""
_METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}|<[^<>/]*>|(?<=/):[A-Za-z_]\w*|\[\.{0,3}[^\[\]/]+\]")


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


async def discover(visitor: Visitor) -> list[Route]:
    """Return every known route once, sorted; the service is asked for its OpenAPI document unless that is a file."""
    target = visitor.target
    found = set(_scanned(target)) | set(_journeys(_system(target)))
    found |= set(_documented(await _openapi(visitor)))
    ordered = sorted(found)
    visitor.left_out += [f"routes: {r.label} (more than {ROUTE_LIMIT} routes)" for r in ordered[ROUTE_LIMIT:]]
    return ordered[:ROUTE_LIMIT]


def _system(target: Target) -> System | None:
    return target.declaration.system if target.declaration else None


def _scanned(target: Target) -> Iterator[Route]:
    for seen in target.known.of(HttpRoute) if target.known else ():
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


def journey_for(system: System | None, route: Route) -> Journey | None:
    """Return the declared journey that makes this very request, for its body."""
    for journey in system.journeys if system else ():
        if journey.path and journey.path.partition("?")[0] == route.route and journey.method.upper() == route.method:
            return journey
    return None


async def _openapi(visitor: Visitor) -> Any:
    """Return the parsed OpenAPI document, None where there is none that can be read."""
    system = _system(visitor.target)
    named = system.service.openapi if system and system.service else None
    if named and not named.startswith("/"):
        return _parsed(_from_repository(visitor.target, named))
    return _parsed(await visitor.document(named or "/openapi.json", DOCUMENT_LIMIT))


def _from_repository(target: Target, named: str) -> bytes | None:
    root = target.root.resolve()
    path = (root / named).resolve()
    if not path.is_relative_to(root) or not path.is_file() or path.stat().st_size > DOCUMENT_LIMIT:
        target.problems.append(f"the OpenAPI document {named} is not a readable file of the repository")
        return None
    return path.read_bytes()


def _parsed(content: bytes | None) -> Any:
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


def _documented(document: Any) -> Iterable[Route]:
    paths = document.get("paths") if isinstance(document, dict) else None
    for route, operations in paths.items() if isinstance(paths, dict) else ():
        if isinstance(route, str) and route.startswith("/") and isinstance(operations, dict):
            yield from (Route(route, m.upper()) for m in _METHODS if m in operations)
