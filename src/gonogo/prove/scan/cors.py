"""Who may call the service from a browser, as the code sets it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import CorsPolicy, Fact
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope, Value
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import SourceFile, Tree

Origins = tuple[str, ...] | None
HEADER = "access-control-allow-origin"


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each CORS policy outside tests; origins that reading cannot resolve are None."""
    values = values_of(tree)
    for file in tree.files:
        if file.in_tests:
            continue
        if file.language == "python" and ("cors" in file.text.lower() or HEADER in file.text.lower()):
            yield from _python(file, values, target)
        elif file.language in ("javascript", "typescript", "tsx") and "cors" in file.text.lower():
            yield from _script(file, target)


def _python(file: SourceFile, values: Values, target: Target) -> Iterator[Fact]:
    module = values.project.module(file)
    for call in module.calls if module else ():
        assert module is not None  # noqa: S101  (no calls without it)
        scope = Scope.of(module, call)
        if _adds_middleware(call, scope, values):
            yield _starlette(file, call, module, values, target)
        elif values.external(scope, call.func) in ("flask_cors.CORS", "flask_cors.cross_origin"):
            yield _flask(file, call, scope, values, target)
        elif values.external(scope, call.func) in ("quart_cors.cors", "quart_cors.route_cors"):
            yield _quart(file, call, scope, values, target)
    if module and "CORS_" in file.text:
        yield from _django(file, module, values, target)
    credentials = None if "access-control-allow-credentials" in file.text.lower() else False
    for line, value in sorted(_headers(module), key=lambda h: h[0]) if module else ():
        given = value.value if isinstance(value, ast.Constant) else None
        found = (given,) if isinstance(given, str) else None
        yield CorsPolicy(**seen(target, file.path, line), framework="header", origins=found, credentials=credentials)


def _headers(module: Module) -> Iterator[tuple[int, ast.expr]]:
    """The header set by hand: in a mapping, by `headers[...] = x`, by `send_header(..., x)` and its kin."""
    for node in module.file.nodes(ast.Dict, ast.Assign, ast.Call):
        if isinstance(node, ast.Dict):
            yield from ((v.lineno, v) for k, v in zip(node.keys, node.values, strict=True) if _is_header(k))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            if _is_header(node.targets[0].slice):
                yield node.lineno, node.value
        elif isinstance(node, ast.Call) and len(node.args) == 2 and _is_header(node.args[0]):
            yield node.lineno, node.args[1]


def _is_header(expr: ast.expr | None) -> bool:
    return isinstance(expr, ast.Constant) and str(expr.value).lower() == HEADER


def _adds_middleware(call: ast.Call, scope: Scope, values: Values) -> bool:
    """`app.add_middleware(CORSMiddleware, ...)`, `Middleware(CORSMiddleware, ...)` or `CORSMiddleware(app, ...)`."""
    if values.external(scope, call.func).endswith(".CORSMiddleware"):
        return True
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("add_middleware", "Middleware") or not call.args:
        return False
    return values.external(scope, call.args[0]).endswith("CORSMiddleware")


def _starlette(file: SourceFile, call: ast.Call, module: Module, values: Values, target: Target) -> CorsPolicy:
    scope = Scope.of(module, call)
    given = {k.arg: k.value for k in call.keywords if k.arg}
    open_ended = any(k.arg is None for k in call.keywords)
    found: Origins = strings(values, scope, given["allow_origins"]) if "allow_origins" in given else ()
    pattern = values.setting(scope, given["allow_origin_regex"]).value if "allow_origin_regex" in given else ""
    if open_ended or not isinstance(pattern, str | None):
        found = None
    elif pattern and pattern.strip("^$") in (".*", ".+", "https?://.*", "https://.*", "http.*"):
        found = ("*",)  # a pattern that reflects whoever asks is a wildcard
    elif pattern or pattern is None:
        found = None if pattern is None and "allow_origin_regex" not in given else found
    credentials = _flag(values, scope, given.get("allow_credentials"))
    return CorsPolicy(
        **seen(target, file.path, call.lineno),
        framework="starlette",
        origins=found,
        credentials=None if open_ended else credentials,
        source=_source(given.get("allow_origins")) if found is None else "",
    )


def _source(expr: ast.expr | None) -> str:
    """Return the name that origins come from, as it is written: `settings.ALLOWED_ORIGINS`."""
    return ast.unparse(expr) if isinstance(expr, ast.Name | ast.Attribute) else ""


def _flask(file: SourceFile, call: ast.Call, scope: Scope, values: Values, target: Target) -> CorsPolicy:
    given = {k.arg: k.value for k in call.keywords if k.arg}
    if any(k.arg is None for k in call.keywords) or "resources" in given:
        found = _resources(values, scope, given.get("resources"))
    else:
        found = strings(values, scope, given["origins"]) if "origins" in given else ("*",)  # its default is everyone
    credentials = _flag(values, scope, given.get("supports_credentials"))
    place = seen(target, file.path, call.lineno)
    return CorsPolicy(**place, framework="flask-cors", origins=found, credentials=credentials)


def _quart(file: SourceFile, call: ast.Call, scope: Scope, values: Values, target: Target) -> CorsPolicy:
    given = {k.arg: k.value for k in call.keywords if k.arg}
    open_ended = any(k.arg is None for k in call.keywords)
    found: Origins = strings(values, scope, given["allow_origin"]) if "allow_origin" in given else ("*",)
    return CorsPolicy(
        **seen(target, file.path, call.lineno),
        framework="quart-cors",
        origins=None if open_ended else found,
        credentials=_flag(values, scope, given.get("allow_credentials")),
        source=_source(given.get("allow_origin")) if found is None else "",
    )


def _django(file: SourceFile, module: Module, values: Values, target: Target) -> Iterator[Fact]:
    """The settings of django-cors-headers: a list of origins, or everyone."""
    scope = Scope(module)
    bound = {
        t.id: node
        for node in module.node.body
        if isinstance(node, ast.Assign)
        for t in node.targets
        if isinstance(t, ast.Name) and t.id.startswith("CORS_")
    }
    credentials = _flag(
        values, scope, bound["CORS_ALLOW_CREDENTIALS"].value if "CORS_ALLOW_CREDENTIALS" in bound else None
    )
    for name, node in bound.items():
        found: Origins
        if name in ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"):
            everyone = _flag(values, scope, node.value)
            if everyone is False:
                continue
            found = ("*",) if everyone else None
        elif name in ("CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"):
            found = strings(values, scope, node.value)
        else:
            continue
        place = seen(target, file.path, node.lineno)
        yield CorsPolicy(**place, framework="django", origins=found, credentials=credentials)


def _resources(values: Values, scope: Scope, expr: ast.expr | None) -> Origins:
    """The origins in `resources={r"/api/*": {"origins": "*"}}`, all rules together."""
    if not isinstance(expr, ast.Dict):
        return None
    found: list[str] = []
    for rule in expr.values:
        keys = (
            {k.value: v for k, v in zip(rule.keys, rule.values, strict=True) if isinstance(k, ast.Constant)}
            if isinstance(rule, ast.Dict)
            else {}
        )
        listed = strings(values, scope, keys["origins"]) if "origins" in keys else None
        if listed is None:
            return None
        found += listed
    return tuple(found)


def _flag(values: Values, scope: Scope, expr: ast.expr | None) -> bool | None:
    if expr is None:
        return False
    value = values.setting(scope, expr).value
    return value if isinstance(value, bool) else None


def strings(values: Values, scope: Scope, expr: ast.expr, depth: int = 0) -> Origins:
    """Return the strings that a list expression holds; None where any part of it cannot be resolved."""
    if depth > 8:
        return None
    if isinstance(expr, ast.List | ast.Tuple | ast.Set):
        each = [strings(values, scope, e.value if isinstance(e, ast.Starred) else e, depth + 1) for e in expr.elts]
        return None if any(e is None for e in each) else tuple(s for e in each if e for s in e)
    setting = values.setting(scope, expr)
    if isinstance(setting.value, str) and setting.origin in ("literal", "constant"):
        return (setting.value,)
    if isinstance(expr, ast.Name | ast.Attribute):
        if isinstance(expr, ast.Attribute) and _is_setting(values, scope, expr):
            return None  # a default that the environment replaces
        found = [e for e in values.project.lookup(scope, expr) if isinstance(e, Value)]
        if len(found) == 1 and found[0].expr is not None and found[0].expr is not expr:
            return strings(values, found[0].scope, found[0].expr, depth + 1)
    return None


def _is_setting(values: Values, scope: Scope, expr: ast.Attribute) -> bool:
    made = values.project.instances(scope, expr.value)
    return any(b.endswith("BaseSettings") for m in made for b in values.project.external_bases(m.cls))


def _script(file: SourceFile, target: Target) -> Iterator[Fact]:
    """`cors()` and `cors({origin: ...})` of express and its kin."""
    for call in file.grep().find_all(kind="call_expression"):
        name, arguments = call.field("function"), call.field("arguments")
        if name is None or arguments is None or name.text() != "cors":
            continue
        place = seen(target, file.path, call.range().start.line + 1)
        given = {p.field("key").text(): p.field("value") for p in arguments.find_all(kind="pair")}
        credentials = "credentials" in given and given["credentials"].text() == "true"
        shown = [s.text().strip("\"'`") for s in given["origin"].find_all(kind="string")] if "origin" in given else []
        origin = given.get("origin")
        if not given and not arguments.text().strip("()").strip():
            yield CorsPolicy(**place, framework="cors", origins=("*",), credentials=False)
        elif origin is not None and origin.kind() == "true":
            yield CorsPolicy(**place, framework="cors", origins=("*",), credentials=credentials)
        elif origin is not None and origin.kind() in ("string", "array") and shown:
            yield CorsPolicy(**place, framework="cors", origins=tuple(shown), credentials=credentials)
        elif origin is not None and origin.kind() == "string":
            yield CorsPolicy(**place, framework="cors", origins=(origin.text().strip("\"'`"),), credentials=credentials)
        else:
            yield CorsPolicy(**place, framework="cors", origins=None, credentials=credentials)
