"""Rate limiters that are set up in code or at the ingress."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from gonogo.facts import Fact, RateLimit
from gonogo.prove.base import Target
from gonogo.prove.scan import yaml_nodes
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_module import FunctionNode, Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.routers import named
from gonogo.prove.scan.routes import Found, routes_of
from gonogo.prove.scan.tree import SourceFile, Tree

_LIMITERS = {"slowapi": "slowapi", "flask_limiter": "flask-limiter", "fastapi_limiter": "fastapi-limiter"}
_SCRIPTS = ("rateLimit", "rateLimiter", "RateLimiterRedis", "RateLimiterMemory")
_NGINX = re.compile(r"^\s*limit_req(?:_zone)?\s+(.*?);")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each limiter outside tests."""
    values = values_of(tree)
    routes = {found.function: found for found in routes_of(tree)}
    for file in tree.files:
        if file.in_tests:
            continue
        if file.language == "python" and any(word in file.text for word in _LIMITERS):
            module = values.project.module(file)
            yield from _python(module, values, routes, target) if module else ()
        elif file.language in ("javascript", "typescript", "tsx") and "rate" in file.text:
            yield from _script(file, target)
        elif file.name.endswith(".conf") and "limit_req" in file.text:
            yield from _nginx(file, target)
        elif file.language == "yaml" and "nginx.ingress.kubernetes.io/limit-" in file.text:
            yield from _ingress(file, target)


def _python(module: Module, values: Values, routes: Mapping[FunctionNode, Found], target: Target) -> Iterator[Fact]:
    for call in module.calls:
        scope = Scope.of(module, call)
        framework = _LIMITERS.get(values.external(scope, call.func).partition(".")[0])
        name = last_name(call.func)
        if framework and name in ("Limiter", "RateLimiter"):
            listed = next((k.value for k in call.keywords if k.arg == "default_limits"), None)
            first = listed.elts[0] if isinstance(listed, ast.List | ast.Tuple) and listed.elts else None
            limit = values.setting(scope, first).value if first is not None else _times(call, values, scope)
            place = seen(target, module.file.path, call.lineno)
            yield RateLimit(**place, framework=framework, limit=str(limit) if limit else None)
    framework = next((f for word, f in _LIMITERS.items() if word in module.file.text), "limiter")
    for function, found in routes.items():
        if found.module is module:
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("limiter.limit"):
                    limit = values.setting(Scope(module), named(decorator, "limit_value")).value
                    place = seen(target, module.file.path, decorator.lineno)
                    route = f"{found.method} {found.route}"
                    yield RateLimit(**place, framework=framework, limit=str(limit) if limit else None, route=route)


def _times(call: ast.Call, values: Values, scope: Scope) -> str | None:
    given = {
        k.arg: values.setting(scope, k.value).value for k in call.keywords if k.arg in ("times", "seconds", "minutes")
    }
    unit = next((u for u in ("seconds", "minutes") if given.get(u)), None)
    return f"{given['times']} per {given[unit]} {unit}" if unit and given.get("times") else None


def _script(file: SourceFile, target: Target) -> Iterator[Fact]:
    for call in file.grep().find_all(kind="call_expression"):
        function = call.field("function")
        if function and function.text() in _SCRIPTS:
            place = seen(target, file.path, call.range().start.line + 1)
            yield RateLimit(**place, framework="express-rate-limit")


def _nginx(file: SourceFile, target: Target) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, 1):
        if found := _NGINX.match(line):
            yield RateLimit(**seen(target, file.path, number), framework="nginx", limit=found.group(1)[:120])


def _ingress(file: SourceFile, target: Target) -> Iterator[Fact]:
    for document in yaml_nodes.documents(file):
        for key, value, line in yaml_nodes.pairs(yaml_nodes.child(document, "metadata", "annotations")):
            if key.startswith("nginx.ingress.kubernetes.io/limit-"):
                limit = f"{key.rpartition('/')[2]}={yaml_nodes.text(value)}"
                yield RateLimit(**seen(target, file.path, line), framework="nginx-ingress", limit=limit)
