"""How a route binds what it is sent: to a typed model, or as a raw mapping that nobody checks."""

from __future__ import annotations

import ast
import re

from gonogo.prove.scan.python_module import Class, FunctionNode, Module
from gonogo.prove.scan.python_project import External, Scope, Value
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values

_RAW = frozenset(("dict", "Dict", "Any", "object", "Mapping", "MutableMapping", "JSON"))
_PLAIN = frozenset(("str", "int", "float", "bool", "bytes", "UUID", "datetime", "date", "Decimal"))
_ELSEWHERE = frozenset(("Query", "Path", "Header", "Cookie", "Depends", "Security"))
_FORMS = frozenset(("Form", "File", "UploadFile"))
_PROVIDED = frozenset(
    ("Request", "Response", "BackgroundTasks", "WebSocket", "HTTPConnection", "SecurityScopes", "Session")
)
_READS = ("json", "get_json", "body", "form", "get_data", "read")
_VALIDATES = (
    "model_validate",
    "model_validate_json",
    "parse_obj",
    "parse_raw",
    "validate_python",
    "validate_json",
)
_MODELS = ("BaseModel", "SQLModel", "TypedDict", "Struct", "Schema", "RootModel")


def typed(
    function: FunctionNode, module: Module, values: Values, method: str, framework: str, route: str
) -> bool | None:
    """Return True for a typed body, False for a raw one, None where there is no body or it cannot be told."""
    if method in ("GET", "HEAD", "OPTIONS", "WEBSOCKET"):
        return None
    scope = Scope(module)
    if framework == "fastapi":
        seen = [_parameter(a, d, scope, values, route) for a, d in _parameters(function)]
        if any(s is False for s in seen):
            return False
        if any(s is True for s in seen):
            return True
    return _read_by_hand(function, scope, values)


def _parameters(function: FunctionNode) -> list[tuple[ast.arg, ast.expr | None]]:
    positional = [*function.args.posonlyargs, *function.args.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(function.args.defaults))
    defaults += function.args.defaults
    return [
        *zip(positional, defaults, strict=True),
        *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
    ]


def _parameter(argument: ast.arg, default: ast.expr | None, scope: Scope, values: Values, route: str) -> bool | None:
    """Whether one parameter takes a typed body; None where it takes none, or a type that cannot be resolved."""
    annotation = argument.annotation
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = _parsed(annotation.value)
    source = last_name(default.func) if isinstance(default, ast.Call) else None
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Annotated":
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        source = next((last_name(p.func) for p in parts[1:] if isinstance(p, ast.Call)), source)
        annotation = parts[0] if parts else None
    if source in _ELSEWHERE or re.search(r"\{" + re.escape(argument.arg) + r"[:}]", route):
        return None
    if source in _FORMS or (annotation is not None and last_name(annotation) in _FORMS):
        return True
    if annotation is None:
        return False if source == "Body" else None
    return _annotated(annotation, source, scope, values)


def _annotated(annotation: ast.expr, source: str | None, scope: Scope, values: Values) -> bool | None:
    names = [n for n in ast.walk(annotation) if isinstance(n, ast.Name | ast.Attribute)]
    shorts = {last_name(n) or "" for n in names}
    models = [_is_model(n, scope, values) for n in names]
    if any(models):
        return True
    if shorts & _PROVIDED:
        return None
    if last_name(annotation.value if isinstance(annotation, ast.Subscript) else annotation) in _RAW:
        return False
    if source == "Body" and shorts <= _PLAIN | {"list", "List", "Optional", "None"}:
        return True
    return None


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None


def _is_model(expr: ast.expr, scope: Scope, values: Values) -> bool:
    for entity in values.project.lookup(scope, expr):
        if isinstance(entity, Class):
            bases = [b.rpartition(".")[2] for b in values.project.external_bases(entity)]
            decorators = [last_name(d.func if isinstance(d, ast.Call) else d) for d in entity.node.decorator_list]
            return any(b in _MODELS for b in bases) or "dataclass" in decorators or "Enum" in bases
        if isinstance(entity, Value) and isinstance(entity.expr, ast.Subscript | ast.BinOp):
            return any(_is_model(n, entity.scope, values) for n in ast.walk(entity.expr) if isinstance(n, ast.Name))
        if isinstance(entity, External) and entity.name.startswith("openai.types"):
            return True
    return False


def _read_by_hand(function: FunctionNode, scope: Scope, values: Values) -> bool | None:
    """`await request.json()` and its kin are raw, unless a model is made of what was read."""
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    attributes = [n for n in ast.walk(function) if isinstance(n, ast.Attribute)]
    reads = any(
        isinstance(c.func, ast.Attribute) and c.func.attr in _READS and _is_request(c.func.value) for c in calls
    ) or any(a.attr in ("json", "form", "data") and _is_request(a.value) for a in attributes)
    if not reads:
        return None
    inside = Scope(scope.module, function)
    return any(
        (isinstance(c.func, ast.Attribute) and (c.func.attr in _VALIDATES or _is_schema(c.func)))
        or _is_model(c.func, inside, values)
        for c in calls
    )


def _is_schema(function: ast.Attribute) -> bool:
    """`ItemSchema().load(...)`, `schema.validate(...)`."""
    return function.attr in ("load", "validate") and "schema" in ast.unparse(function.value).lower()


def _is_request(expr: ast.expr) -> bool:
    return last_name(expr) in ("request", "req", "flask_request")
