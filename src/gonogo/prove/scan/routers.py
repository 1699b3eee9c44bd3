"""Apps and routers of web frameworks: where each is mounted, under which prefix, behind which guards."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from gonogo.prove.scan.guards import Guards
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Function, Scope, Value
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values

MAX_DEPTH = 8
FRAMEWORKS = {
    "FastAPI": "fastapi", "APIRouter": "fastapi", "Flask": "flask", "Blueprint": "flask", "APIFlask": "flask",
    "Quart": "quart", "Starlette": "starlette", "RouteTableDef": "aiohttp", "Sanic": "sanic",
}  # fmt: skip
_LIBRARIES = ("fastapi", "flask", "quart", "starlette", "aiohttp", "sanic", "apiflask")
_MOUNTS = {"include_router": "prefix", "register_blueprint": "url_prefix", "mount": ""}


@dataclass(eq=False)
class Router:
    """An app or a router. `guard` is what guards all of its routes by its own constructor or by middleware."""

    call: ast.Call
    scope: Scope
    framework: str
    prefix: str = ""
    guard: str | None = None
    mounts: list[tuple[Router, str, str | None]] = field(default_factory=list)

    def places(self, depth: int = 0) -> list[tuple[str, str | None]]:
        """Return every prefix that it answers under, with the guard inherited on the way there."""
        if not self.mounts or depth > MAX_DEPTH:
            return [(self.prefix, self.guard)]
        return [
            (above + prefix + self.prefix, self.guard or guard or inherited)
            for parent, prefix, guard in self.mounts
            for above, inherited in parent.places(depth + 1)
        ]


class Routers:
    """All routers of a project."""

    def __init__(self, values: Values, modules: list[Module]) -> None:
        """Find the routers that `modules` make, then where they are mounted and what guards them."""
        self.values, self.guards = values, Guards(values)
        self.found: dict[int, Router] = {}
        for module in modules:
            for call in module.calls:
                self._made(call, Scope.of(module, call))
        for module in modules:
            for call in module.calls:
                self._mounted(call, Scope.of(module, call))
            self._middleware(module)

    def _made(self, call: ast.Call, scope: Scope) -> None:
        name = self.values.external(scope, call.func)
        short = name.rpartition(".")[2]
        if short in FRAMEWORKS and name.startswith(_LIBRARIES):
            framework = "quart" if name.startswith("quart.") else FRAMEWORKS[short]
            router = Router(call, scope, framework, self._text(call, scope, "prefix", "url_prefix"))
            router.guard = self.dependencies(call, scope)
            self.found[id(call)] = router

    def _mounted(self, call: ast.Call, scope: Scope) -> None:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in _MOUNTS or not call.args:
            return
        mount = call.func.attr == "mount"
        if mount and len(call.args) < 2:
            return
        child = self.of(call.args[1] if mount else call.args[0], scope)
        parent = self.of(call.func.value, scope)
        if child is None or parent is None or child is parent:
            return
        given = self.values.setting(scope, call.args[0]).value if mount else None
        prefix = str(given or "") if mount else self._text(call, scope, _MOUNTS[call.func.attr])
        if not mount and call.func.attr == "register_blueprint" and prefix:
            child.prefix = ""  # given at registration, it replaces the blueprint's own
        child.mounts.append((parent, prefix, self.dependencies(call, scope)))

    def _middleware(self, module: Module) -> None:
        for call in module.calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware" and call.args:
                scope = Scope.of(module, call)
                self._guard(self.of(call.func.value, scope), self.guards.of_middleware(call.args[0], scope))
            elif isinstance(call.func, ast.Call) and last_name(call.func.func) == "middleware" and call.args:
                self._called_middleware(call.func, call.args[0], Scope.of(module, call))
        for node in module.file.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                wanted = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(wanted, ast.Attribute) and wanted.attr in ("middleware", "before_request"):
                    scope = Scope.of(module, node)
                    if self.guards.refuses(node, Scope(module, node)):
                        self._guard(self.of(wanted.value, scope), f"middleware {node.name}")

    def _called_middleware(self, outer: ast.Call, wanted: ast.expr, scope: Scope) -> None:
        """`app.middleware("http")(function)`."""
        for entity in self.values.project.lookup(scope, wanted):
            refuses = isinstance(entity, Function) and self.guards.refuses(
                entity.node, Scope(entity.module, entity.node)
            )
            if refuses and isinstance(outer.func, ast.Attribute):
                self._guard(self.of(outer.func.value, scope), f"middleware {last_name(wanted)}")

    def _guard(self, router: Router | None, guard: str | None) -> None:
        if router is not None and guard is not None:
            router.guard = router.guard or guard

    def dependencies(self, call: ast.Call, scope: Scope) -> str | None:
        """What guards among `dependencies=[Depends(...)]`."""
        listed = next((k.value for k in call.keywords if k.arg == "dependencies"), None)
        elements = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
        return next((g for e in elements if (g := self.guards.of_dependency(e, scope))), None)

    def _text(self, call: ast.Call, scope: Scope, *names: str) -> str:
        given = next((k.value for k in call.keywords if k.arg in names), None)
        value = self.values.setting(scope, given).value if given is not None else None
        return value if isinstance(value, str) else ""

    def of(self, expr: ast.expr, scope: Scope, depth: int = 0) -> Router | None:
        """Return the router that an expression means."""
        if id(expr) in self.found:
            return self.found[id(expr)]
        if depth > MAX_DEPTH:
            return None
        for entity in self.values.project.lookup(scope, expr):
            if isinstance(entity, Value) and entity.expr is not None and entity.expr is not expr:
                found = self.of(entity.expr, entity.scope, depth + 1)
                if found:
                    return found
        return None


def decorated(module: Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, ast.Call, ast.Attribute]]:
    """Give each function with a decorator of the form `@owner.name(...)`."""
    for node in module.file.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                yield node, decorator, decorator.func


def framework_of(module: Module) -> str | None:
    """Return the web framework that a module imports, for routers that come in from elsewhere."""
    tops = {dotted.partition(".")[0] for dotted in module.imports.values()}
    return next((name for name in _LIBRARIES if name in tops), None)


def named(call: ast.Call, *names: str) -> ast.expr | None:
    """Return the first positional argument of a call, or one of these keywords."""
    return call.args[0] if call.args else next((k.value for k in call.keywords if k.arg in names), None)


__all__ = ["FRAMEWORKS", "Router", "Routers", "decorated", "framework_of", "named"]
