"""Health routes, and what each one asks before it answers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from gonogo.facts import Fact, HealthRoute
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_project import Function, Scope
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.reach import calls, is_model_call
from gonogo.prove.scan.routes import Found, routes_of
from gonogo.prove.scan.tree import Tree

Role = Literal["live", "ready", "startup", "health"]
_ROLES: dict[str, Role] = {
    "health": "health", "healthz": "health", "healthcheck": "health", "health-check": "health",
    "health_check": "health", "heartbeat": "health", "ping": "health",
    "alive": "live", "live": "live", "livez": "live", "liveness": "live",
    "ready": "ready", "readyz": "ready", "readiness": "ready", "startup": "startup", "startupz": "startup",
}  # fmt: skip
_ASKS = {
    "execute": "database", "scalar": "database", "fetchval": "database", "fetchone": "database", "ping": "cache",
    "get_collections": "vector store", "heartbeat": "vector store", "list_collections": "vector store",
    "list_buckets": "bucket", "head_bucket": "bucket", "describe_index_stats": "vector store",
}  # fmt: skip
_HTTP = ("requests.", "httpx.", "aiohttp.", "urllib.request.")
_VERBS = ("get", "post", "head", "request", "urlopen")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every health route outside tests."""
    values = values_of(tree)
    for found in routes_of(tree):
        role = role_of(found.route)
        if role is None or found.method not in ("GET", "HEAD") or found.module.file.in_tests:
            continue
        yield HealthRoute(
            **seen(target, found.module.file.path, found.line),
            confidence="certain" if found.certain else "likely",
            method=found.method,
            route=found.route,
            role=role,
            looks_at=tuple(sorted(set(_asked(found, values)))),
        )


def role_of(route: str) -> Role | None:
    """Return the role of a route by the last part of its path, None for any other route."""
    parts = [p for p in route.lower().split("/") if p]
    if not parts or len(parts) > 4:
        return None
    return _ROLES.get(parts[-1])


def _asked(found: Found, values: Values) -> Iterator[str]:
    for call, scope in calls(Function(found.function, found.module), values.project):
        if not isinstance(call.func, ast.Attribute):
            continue
        outer = values.external(scope, call.func)
        owner = (last_name(call.func.value) or "").lower()
        if is_model_call(call) or (owner == "models" and call.func.attr in ("list", "retrieve")):
            yield "model"
        elif outer.startswith(_HTTP) and call.func.attr in _VERBS:
            yield "http"
        elif call.func.attr in _ASKS and _is_client(call, scope):
            yield _ASKS[call.func.attr]


def _is_client(call: ast.Call, scope: Scope) -> bool:
    """A bare `ping()` on a socket of the handler itself proves nothing; any other owner is taken for a client."""
    assert isinstance(call.func, ast.Attribute)  # noqa: S101  (the caller looked)
    return last_name(call.func.value) not in ("self", "websocket", "ws") and scope.function is not None
