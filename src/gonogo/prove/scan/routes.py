"""The routes that a Python service answers: path, guard, how the body is bound, whether it streams or calls a model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gonogo.facts import Fact, HttpRoute
from gonogo.prove.base import Target
from gonogo.prove.scan import bodies
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_module import FunctionNode, Module
from gonogo.prove.scan.python_project import Function, Scope
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.reach import reaches_model
from gonogo.prove.scan.routers import Routers, decorated, framework_of, named
from gonogo.prove.scan.tree import Tree

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_WORDS = ("fastapi", "flask", "starlette", "quart", "aiohttp", "sanic", "django")
_STREAMS = (
    "StreamingResponse",
    "EventSourceResponse",
    "stream_with_context",
    "StreamResponse",
    "StreamingHttpResponse",
)


@dataclass(frozen=True)
class Found:
    """One route: `function` answers `method` at `route`; `guard` was inherited from its router."""

    method: str
    route: str
    framework: str
    function: FunctionNode
    module: Module
    line: int
    decorator: ast.Call | None = None
    guard: str | None = None
    certain: bool = True


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield every route."""
    values = values_of(tree)
    routers = routers_of(tree)
    for found in routes_of(tree):
        scope = Scope(found.module, None)
        own = routers.dependencies(found.decorator, scope) if found.decorator else None
        guard = own or routers.guards.of_function(found.function, scope) or found.guard
        yield HttpRoute(
            **seen(target, found.module.file.path, found.line),
            confidence="certain" if found.certain else "likely",
            method=found.method,
            route=found.route,
            framework=found.framework,
            authentication=guard,
            typed_body=bodies.typed(found.function, found.module, values, found.method, found.framework, found.route),
            streams=_streams(found),
            calls_model=reaches_model(Function(found.function, found.module), values.project),
            in_tests=found.module.file.in_tests,
        )


def routers_of(tree: Tree) -> Routers:
    """Return the routers of the tree, found once."""
    kept = vars(tree)
    if "_shared_routers" not in kept:
        kept["_shared_routers"] = Routers(values_of(tree), _modules(tree))
    found: Routers = kept["_shared_routers"]
    return found


def routes_of(tree: Tree) -> list[Found]:
    """Return the routes of the tree, found once, by path and line."""
    kept = vars(tree)
    if "_shared_routes" not in kept:
        made = [found for module in _modules(tree) for found in _in(module, routers_of(tree), values_of(tree))]
        unique = {(f.module.file.path, f.line, f.method, f.route): f for f in made}
        kept["_shared_routes"] = [unique[key] for key in sorted(unique)]
    routes: list[Found] = kept["_shared_routes"]
    return routes


def _modules(tree: Tree) -> list[Module]:
    project = values_of(tree).project
    files = [f for f in tree.language("python") if any(word in f.text for word in _WORDS)]
    return [m for m in map(project.module, files) if m is not None]


def _in(module: Module, routers: Routers, values: Values) -> Iterator[Found]:
    for function, decorator, owner in decorated(module):
        if owner.attr in METHODS or owner.attr in ("route", "api_route", "websocket"):
            yield from _decorated(module, function, decorator, owner, routers, values)
    for call in module.calls:
        yield from _registered(module, call, routers, values)


def _decorated(
    module: Module, function: FunctionNode, decorator: ast.Call, owner: ast.Attribute, routers: Routers, values: Values
) -> Iterator[Found]:
    scope = Scope.of(module, function)
    router = routers.of(owner.value, scope)
    framework = router.framework if router else framework_of(module)
    path = values.setting(scope, named(decorator, "path", "rule")).value
    if framework is None or not isinstance(path, str) or not (path == "" or path.startswith("/")):
        return
    for prefix, guard in router.places() if router else [("", None)]:
        for method in _methods(owner.attr, decorator, values, scope):
            route = _joined(prefix, path)
            line = decorator.lineno
            yield Found(method, route, framework, function, module, line, decorator, guard, certain=router is not None)


def _methods(name: str, call: ast.Call, values: Values, scope: Scope) -> list[str]:
    if name in METHODS:
        return [name.upper()]
    if name == "websocket":
        return ["WEBSOCKET"]
    listed = next((k.value for k in call.keywords if k.arg == "methods"), None)
    elements = listed.elts if isinstance(listed, ast.List | ast.Tuple | ast.Set) else []
    found = [str(values.setting(scope, e).value).upper() for e in elements]
    return found or ["GET"]


def _registered(module: Module, call: ast.Call, routers: Routers, values: Values) -> Iterator[Found]:
    """`app.add_api_route(path, f)`, `add_url_rule`, `router.add_post(path, f)`, `Route(path, f)`, Django's `path`."""
    scope = Scope.of(module, call)
    name = last_name(call.func) or ""
    outer = values.external(scope, call.func)
    if name in ("add_api_route", "add_url_rule") and isinstance(call.func, ast.Attribute):
        router = routers.of(call.func.value, scope)
        framework = router.framework if router else framework_of(module)
        places = router.places() if router else [("", None)]
    elif outer.startswith("starlette.routing.") and name in ("Route", "WebSocketRoute"):
        framework, places = "starlette", [("", None)]
    elif name.startswith("add_") and name[4:] in METHODS and framework_of(module) == "aiohttp":
        framework, places = "aiohttp", [("", None)]
    elif outer == "django.urls.path":
        framework, places = "django", [("/", None)]
    else:
        return
    path = values.setting(scope, named(call, "path", "rule")).value
    wanted = call.args[1] if len(call.args) > 1 else None
    wanted = next((k.value for k in call.keywords if k.arg in ("endpoint", "view_func", "handler")), wanted)
    target = (
        next((e for e in values.project.lookup(scope, wanted) if isinstance(e, Function)), None) if wanted else None
    )
    if not isinstance(path, str) or target is None or framework is None:
        return
    for prefix, guard in places:
        for method in [name[4:].upper()] if name[4:] in METHODS else _methods("route", call, values, scope):
            route = _joined(prefix, path) if framework != "django" else "/" + path
            yield Found(method, route, framework, target.node, target.module, target.node.lineno, None, guard)


def _joined(prefix: str, path: str) -> str:
    joined = prefix.rstrip("/") + path
    return joined if joined.startswith("/") else f"/{joined}"


def _streams(found: Found) -> bool:
    named_so = any(last_name(n.func) in _STREAMS for n in ast.walk(found.function) if isinstance(n, ast.Call))
    keywords = found.decorator.keywords if found.decorator else []
    declared = any(k.arg == "response_class" and last_name(k.value) in _STREAMS for k in keywords)
    return named_so or declared
