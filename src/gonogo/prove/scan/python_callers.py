"""Who calls a function of the project, and with what: so that a wrapper's parameter can be told from its callers."""

from __future__ import annotations

import ast

from gonogo.prove.scan.python_module import FunctionNode, Module
from gonogo.prove.scan.python_project import Parameter, Project, Scope
from gonogo.prove.scan.python_signature import default_of, last_name

_CALLED_FROM_OUTSIDE = frozenset(
    {"get", "post", "put", "delete", "patch", "route", "websocket", "tool", "task", "command", "fixture", "on_message"}
    | {"api_route", "mcp_tool", "function_tool", "event", "listener", "callback", "validator", "field_validator"}
)
MAX_CALLERS = 40


class Callers:
    """Finds the calls of a function by its name, over all files whose text mentions it."""

    def __init__(self, project: Project) -> None:
        """Search the files of `project`."""
        self.project = project
        self._found: dict[str, list[tuple[Scope, ast.Call]] | None] = {}

    def given(self, parameter: Parameter) -> list[tuple[Scope, ast.expr]]:
        """Return what each caller gives for `parameter`; nothing unless every call is known to be one of its own."""
        function = parameter.function
        if any(last_name(d) in _CALLED_FROM_OUTSIDE for d in function.decorator_list):
            return []
        owner = parameter.scope.module.parents.get(function)
        name = function.name
        if isinstance(owner, ast.ClassDef):
            if name.startswith("__") and name != "__init__":
                return []
            name = owner.name if name == "__init__" else name
        calls = self._calls(name)
        if not calls:
            return []
        skip = isinstance(owner, ast.ClassDef) and not _is_static(function)
        given = [self._argument(s, c, parameter, skip) for s, c in calls]
        return [(s, e) for s, e in given if e is not None] if all(e is not None for _, e in given) else []

    def _argument(
        self, scope: Scope, call: ast.Call, parameter: Parameter, skip_self: bool
    ) -> tuple[Scope, ast.expr | None]:
        if any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
            return scope, None
        for keyword in call.keywords:
            if keyword.arg == parameter.name:
                return scope, keyword.value
        plain = [*parameter.function.args.posonlyargs, *parameter.function.args.args]
        names = [p.arg for p in plain][1 if skip_self else 0 :]
        if parameter.name in names and names.index(parameter.name) < len(call.args):
            return scope, call.args[names.index(parameter.name)]
        return parameter.scope, default_of(parameter.function, parameter.name)

    def _calls(self, name: str) -> list[tuple[Scope, ast.Call]] | None:
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> list[tuple[Scope, ast.Call]] | None:
        """Return all calls of `name`, None where it is defined twice, passed around, or called too often to follow."""
        found: list[tuple[Scope, ast.Call]] = []
        defined = 0
        for file in self.project.tree.language("python"):
            if name not in file.text or file.in_tests:
                continue
            module = self.project.module(file)
            if module is None:
                continue
            defined += module.defined[name]
            for use in module.uses.get(name, ()):
                parent = module.parents.get(use)
                if not isinstance(parent, ast.Call) or parent.func is not use:
                    if _harmless(module, use):
                        continue
                    return None
                found.append((Scope.of(module, parent), parent))
            if defined > 1 or len(found) > MAX_CALLERS:
                return None
        return found


def _harmless(module: Module, use: ast.AST) -> bool:
    """An annotation or an isinstance test names a class without calling it."""
    parent = module.parents.get(use)
    if isinstance(parent, ast.arg | ast.AnnAssign | ast.Subscript | ast.BinOp):
        return True
    if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
        return parent.returns is use
    return isinstance(parent, ast.Call) and last_name(parent.func) in ("isinstance", "issubclass")


def _is_static(function: FunctionNode) -> bool:
    return any(last_name(d) == "staticmethod" for d in function.decorator_list)
