"""Which routes there are to probe: those that are known, and those of the OpenAPI document that the service serves."""

from __future__ import annotations

from typing import Any

from gonogo.facts.declaration import System
from gonogo.prove.base import Target
from gonogo.prove.drive.routes import Route, known, parsed
from gonogo.prove.probe.visitor import Visitor

DOCUMENT_LIMIT = 2 * 1024 * 1024
"""Bytes of an OpenAPI document that are read."""
ROUTE_LIMIT = 60
"""Routes that one run looks at; the rest is named as left out."""


async def discover(visitor: Visitor) -> list[Route]:
    """Return every known route once, sorted; the service is asked for its OpenAPI document unless that is a file."""
    target = visitor.target
    ordered = known(_system(target), target.known, await _openapi(visitor))
    visitor.left_out += [f"routes: {r.label} (more than {ROUTE_LIMIT} routes)" for r in ordered[ROUTE_LIMIT:]]
    return ordered[:ROUTE_LIMIT]


def _system(target: Target) -> System | None:
    return target.declaration.system if target.declaration else None


async def _openapi(visitor: Visitor) -> Any:
    """Return the parsed OpenAPI document, None where there is none that can be read."""
    system = _system(visitor.target)
    named = system.service.openapi if system and system.service else None
    if named and not named.startswith("/"):
        return parsed(_from_repository(visitor.target, named))
    return parsed(await visitor.document(named or "/openapi.json", DOCUMENT_LIMIT))


def _from_repository(target: Target, named: str) -> bytes | None:
    root = target.root.resolve()
    path = (root / named).resolve()
    if not path.is_relative_to(root) or not path.is_file() or path.stat().st_size > DOCUMENT_LIMIT:
        target.problems.append(f"the OpenAPI document {named} is not a readable file of the repository")
        return None
    return path.read_bytes()
