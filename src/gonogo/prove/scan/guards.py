"""What keeps strangers out of a route: dependencies, decorators and middleware that refuse with 401 or 403.

A function counts as a guard when its body refuses, or something that it depends on does. Only for what cannot be read
(a library's dependency) the name decides, and only by whole words.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from gonogo.prove.scan.python_module import Class, FunctionNode
from gonogo.prove.scan.python_nodes import walk
from gonogo.prove.scan.python_project import External, Function, Scope, Value
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values

MAX_DEPTH = 6
_WORDS = frozenset(
    (
        "auth",
        "authenticate",
        "authenticated",
        "authentication",
        "authorize",
        "authorized",
        "authorization",
        "login",
        "jwt",
        "bearer",
        "apikey",
        "permission",
        "permissions",
        "credential",
        "credentials",
        "principal",
    )
)
_PAIRS = (
    ("api", "key"),
    ("current", "user"),
    ("verify", "token"),
    ("require", "user"),
    ("get", "user"),
    ("valid", "token"),
)
_ERRORS = re.compile(
    r"Unauthori[sz]ed|Forbidden|Authentication|NotAuthenticated|PermissionDenied|InvalidToken|Credentials"
)
_SECURITY = ("fastapi.security.", "fastapi_users.", "fastapi.openapi.models.")
_MIDDLEWARE = ("AuthenticationMiddleware", "AuthMiddleware", "JWTMiddleware", "APIKeyMiddleware")


def sounds_like_a_guard(name: str) -> bool:
    """Tell by whole words whether a name speaks of authentication: `verify_api_key` does, `tokenizer` does not."""
    words = [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name.rpartition(".")[2])]
    pairs = set(itertools.pairwise(words))
    return bool(_WORDS.intersection(words)) or any(pair in pairs for pair in _PAIRS)


class Guards:
    """Decides for one project."""

    def __init__(self, values: Values) -> None:
        """Resolve names through `values`."""
        self.values = values
        self._refusing: dict[ast.AST, bool] = {}

    def of_function(self, function: FunctionNode, scope: Scope) -> str | None:
        """Return what guards a route function through its parameters and its decorators."""
        return (
            next((g for e in _injected(function) if (g := self.of_dependency(e, scope))), None)
            or next((g for e in self._aliased(function, scope) if (g := self.of_dependency(e[0], e[1]))), None)
            or next((g for d in function.decorator_list if (g := self._of_decorator(d, scope))), None)
        )

    def _aliased(self, function: FunctionNode, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Dependencies behind a type's name: `CurrentUser = Annotated[User, Depends(get_current_user)]`."""
        for argument in _arguments(function):
            if isinstance(argument.annotation, ast.Name | ast.Attribute):
                for entity in self.values.project.lookup(Scope(scope.module), argument.annotation):
                    if isinstance(entity, Value) and isinstance(entity.expr, ast.Subscript):
                        for call in _annotations(entity.expr):
                            yield call, entity.scope

    def of_dependency(self, expr: ast.expr, scope: Scope, depth: int = 0) -> str | None:
        """Return the name of a dependency `Depends(f)` or `Security(f)` that guards, None for any other."""
        if not isinstance(expr, ast.Call) or last_name(expr.func) not in ("Depends", "Security"):
            return None
        if not expr.args:
            return None
        name = ast.unparse(expr.args[0])[:60]
        if last_name(expr.func) == "Security":
            return f"Security({name})"
        return f"Depends({name})" if self._guards(expr.args[0], scope, depth) else None

    def _guards(self, expr: ast.expr, scope: Scope, depth: int = 0) -> bool:
        if depth > MAX_DEPTH:
            return False
        wanted = expr.func if isinstance(expr, ast.Call) else expr
        scheme = self._scheme(expr, scope)
        if scheme is not None:
            return scheme
        found = self.values.project.lookup(scope, wanted)
        for entity in found:
            if isinstance(entity, Function):
                return any(self._function_guards(f, depth) for f in _variants(entity))
            if isinstance(entity, Class):
                return any(self._function_guards(Function(m, entity.module), depth) for m in entity.methods.values())
            if isinstance(entity, Value) and entity.expr is not None and entity.expr is not expr:
                return self._guards(entity.expr, entity.scope, depth + 1)
        return all(isinstance(e, External) for e in found) and sounds_like_a_guard(ast.unparse(wanted))

    def _scheme(self, expr: ast.expr, scope: Scope) -> bool | None:
        """Whether `HTTPBearer()` and its kin refuse by themselves, unless told not to; None for anything else."""
        if not isinstance(expr, ast.Call) or not self.values.external(scope, expr.func).startswith(_SECURITY):
            return None
        lenient = next((k.value for k in expr.keywords if k.arg == "auto_error"), None)
        return not (isinstance(lenient, ast.Constant) and lenient.value is False)

    def _function_guards(self, function: Function, depth: int) -> bool:
        if self.refuses(function.node, Scope(function.module, function.node), depth):
            return True
        scope = Scope(function.module)
        inner = [*((e, scope) for e in _injected(function.node)), *self._aliased(function.node, scope)]
        return any(self.of_dependency(e, where, depth + 1) for e, where in inner)

    def refuses(self, node: ast.AST, scope: Scope, depth: int = 0) -> bool:
        """Tell whether code answers 401 or 403, itself or through a function that it calls."""
        if node not in self._refusing:
            self._refusing[node] = False  # a function that calls itself ends here
            self._refusing[node] = any(_refusal(n) or self._raises_named(n, scope) for n in walk(node)) or (
                depth < 2 and any(self._refuses_by(n, scope, depth) for n in walk(node) if isinstance(n, ast.Call))
            )
        return self._refusing[node]

    def _raises_named(self, node: ast.AST, scope: Scope) -> bool:
        """`raise NOT_AUTHENTICATED`, where that is an exception made elsewhere in the project."""
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Name | ast.Attribute):
            return False
        found = self.values.project.lookup(scope, node.exc)
        return any(isinstance(e, Value) and e.expr is not None and _refusal(e.expr) for e in found)

    def _refuses_by(self, call: ast.Call, scope: Scope, depth: int) -> bool:
        for entity in self.values.project.lookup(scope, call.func):
            if isinstance(entity, Function):
                return self.refuses(entity.node, Scope(entity.module, entity.node), depth + 1)
        return False

    def _of_decorator(self, decorator: ast.expr, scope: Scope) -> str | None:
        wanted = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = ast.unparse(wanted)
        if name.rpartition(".")[2] in ("get", "post", "put", "patch", "delete", "route", "api_route"):
            return None
        if self.values.external(scope, wanted) == "starlette.authentication.requires":
            return f"@{name}"
        for entity in self.values.project.lookup(scope, wanted):
            if isinstance(entity, Function):
                return f"@{name}" if self._function_guards(entity, 0) else None
        return f"@{name}" if sounds_like_a_guard(name) or name.endswith("login_required") else None

    def of_middleware(self, expr: ast.expr, scope: Scope) -> str | None:
        """Return the name of a middleware class that guards."""
        for entity in self.values.project.lookup(scope, expr):
            if isinstance(entity, Class):
                refusing = any(self.refuses(m, Scope(entity.module, m)) for m in entity.methods.values())
                return f"middleware {entity.node.name}" if refusing else None
        name = last_name(expr) or ""
        return f"middleware {name}" if name in _MIDDLEWARE else None


def _variants(function: Function) -> Iterator[Function]:
    """A function, and those of the same name that the module defines under another condition."""
    yield function
    parents = function.module.parents
    if isinstance(parents.get(function.node), ast.If):
        for node in function.module.file.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
            if node.name == function.node.name:
                yield Function(node, function.module)


def _arguments(function: FunctionNode) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _injected(function: FunctionNode) -> Iterator[ast.expr]:
    """The calls in defaults and in `Annotated[...]` of a function's parameters."""
    yield from (d for d in [*function.args.defaults, *function.args.kw_defaults] if isinstance(d, ast.Call))
    for argument in _arguments(function):
        if isinstance(argument.annotation, ast.Subscript):
            yield from _annotations(argument.annotation)


def _annotations(subscript: ast.Subscript) -> Iterator[ast.Call]:
    if last_name(subscript.value) == "Annotated" and isinstance(subscript.slice, ast.Tuple):
        yield from (e for e in subscript.slice.elts if isinstance(e, ast.Call))


def _refusal(node: ast.AST) -> bool:
    """`HTTPException(401)`, `abort(403)`, `JSONResponse(..., status_code=401)`, `raise Unauthorized`, `..., 401`."""
    if isinstance(node, ast.Call):
        name = last_name(node.func) or ""
        if name in (
            "HTTPException",
            "abort",
            "JSONResponse",
            "Response",
            "json_response",
            "PlainTextResponse",
            "make_response",
        ):
            given = [*node.args, *(k.value for k in node.keywords if k.arg in ("status_code", "status", "code"))]
            return any(_is_refusal_code(g) for g in given)
        return (
            bool(_ERRORS.search(name))
            and name[:1].isupper()
            and name.endswith(("Error", "Exception", "Unauthorized", "Forbidden", "Denied"))
        )
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
        return bool(_ERRORS.search(node.exc.id))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        return any(_is_refusal_code(e) for e in node.value.elts)
    return False


def _is_refusal_code(expr: ast.expr) -> bool:
    if isinstance(expr, ast.Constant):
        return expr.value in (401, 403)
    name = last_name(expr) or ""
    return "401" in name or "403" in name or name in ("UNAUTHORIZED", "FORBIDDEN")
