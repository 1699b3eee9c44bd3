"""Environment variables that the code reads, and those that an example file lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import EnvironmentRead, Fact
from gonogo.prove.base import Target
from gonogo.prove.scan.placing import seen, values_of
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_values import Values
from gonogo.prove.scan.tree import SourceFile, Tree
from gonogo.screen.secrets import mask

_READERS = ("os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "decouple.config")
_SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE", "DSN")
_EXAMPLES = (".example", ".sample", ".template", ".dist", "example.env", "sample.env")


def scan(tree: Tree, target: Target) -> Iterator[Fact]:
    """Yield each variable at each place that reads it."""
    values = values_of(tree)
    for file in tree.files:
        if file.language == "python" and "env" in file.text:
            yield from _python(file, values, target)
        elif file.language in ("javascript", "typescript", "tsx") and "process.env" in file.text:
            yield from _script(file, target)
        elif file.language == "env" and file.name.endswith(_EXAMPLES):
            yield from _example(file, target)


def _python(file: SourceFile, values: Values, target: Target) -> Iterator[Fact]:
    module = values.project.module(file)
    if module is None:
        return
    found: list[tuple[int, str, str | None]] = []
    for node in file.nodes(ast.Call, ast.Subscript):
        if isinstance(node, ast.Call) and node.args:
            scope = Scope.of(module, node)
            if values.external(scope, node.func) in _READERS:
                default = node.args[1] if len(node.args) > 1 else _keyword(node, "default")
                found += _read(node.lineno, values, scope, node.args[0], default)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            scope = Scope.of(module, node)
            if values.external(scope, node.value) == "os.environ":
                found += _read(node.lineno, values, scope, node.slice, None)
    for line, name, given in sorted(found, key=lambda f: (f[0], f[1])):
        yield EnvironmentRead(**seen(target, file.path, line), name=name, default=given)


def _shown(name: str, value: str) -> str:
    """A default as it may stand in a fact: nothing of it where the variable's name says that it is a secret."""
    if value and any(word in name.upper() for word in _SECRET):
        return "…"
    return mask(value)


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _read(
    line: int, values: Values, scope: Scope, name: ast.expr, default: ast.expr | None
) -> Iterator[tuple[int, str, str | None]]:
    named = values.setting(scope, name).value
    if isinstance(named, str) and named:
        given = values.setting(scope, default).value if default is not None else None
        yield line, named, None if given is None else _shown(named, str(given))


def _script(file: SourceFile, target: Target) -> Iterator[Fact]:
    for node in file.grep().find_all(kind="member_expression"):
        owner, name = node.field("object"), node.field("property")
        if owner and name and owner.text() == "process.env":
            yield EnvironmentRead(**seen(target, file.path, node.range().start.line + 1), name=name.text())


def _example(file: SourceFile, target: Target) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, 1):
        name, given, value = line.strip().removeprefix("export ").partition("=")
        if given and name.isidentifier():
            default = _shown(name, value.strip().strip("\"'")) or None
            place = seen(target, file.path, number)
            yield EnvironmentRead(**place, name=name, default=default)
