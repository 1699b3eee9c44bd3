"""Tool calls that a person is to decide on, as the app lists them, and which tools need that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gonogo.derive.conditions.agents import SENSITIVE
from gonogo.derive.listed import listed
from gonogo.facts.declaration import Approvals, Tool

TTL_MIN = "approval_ttl_min"
"""The threshold of `agent-safety.human-approval` that says how long an approval may be waited for."""


def sensitive(tools: Iterable[Tool], classes: Iterable[str] = SENSITIVE) -> list[Tool]:
    """Return the tools that a person must approve; one that nobody classified is among them."""
    return [t for t in tools if not t.sensitivity or set(classes) & set(t.sensitivity)]


def held(approvals: Approvals, body: str) -> dict[str, Any] | None:
    """Return the calls that are held by their ids, in order; None where the list cannot be read."""
    return listed(body, approvals.items, approvals.id)


def shows(entry: Any, arguments: str) -> bool:
    """Whether an entry has exactly these arguments (JSON text) somewhere in it, as an object or as its JSON text."""
    return any(same(json.dumps(value), arguments) for value in _objects(entry))


def same(one: str, other: str) -> bool:
    """Whether two JSON texts say the same; a text that is no JSON says nothing."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def _objects(value: Any) -> Iterator[Any]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            yield json.loads(value)
        except (ValueError, RecursionError):
            return
    elif isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
