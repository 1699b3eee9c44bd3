"""One Python file as the resolver sees it: what each name of it is bound to, and where each node stands."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from gonogo.prove.scan.python_nodes import children, walk
from gonogo.prove.scan.tree import SourceFile

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Bindings: TypeAlias = dict[str, list[ast.expr | None]]
"""Names and the expressions that they are bound to, in order; None for a binding whose value cannot be read."""

_BINDING = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Global, ast.Import, ast.ImportFrom)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(eq=False)
class Class:
    """A class of the project: its own attributes, those that its methods set on self, and its methods."""

    node: ast.ClassDef
    module: Module
    attributes: Bindings = field(default_factory=dict)
    on_self: dict[str, list[tuple[ast.expr | None, FunctionNode]]] = field(default_factory=dict)
    methods: dict[str, FunctionNode] = field(default_factory=dict)
    annotations: dict[str, ast.expr] = field(default_factory=dict)


@dataclass(eq=False)
class Module:
    """A parsed file. `name` is its dotted name, `package` the dotted name that its relative imports start from."""

    file: SourceFile
    node: ast.Module
    name: str
    package: str
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    values: Bindings = field(default_factory=dict)
    functions: dict[str, FunctionNode] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)
    uses: dict[str, list[ast.AST]] = field(default_factory=dict)
    """Names and attributes by their last part."""
    defined: Counter[str] = field(default_factory=Counter)
    """How many functions and classes have a name."""
    _classes_by_node: dict[ast.ClassDef, Class] = field(default_factory=dict)
    _locals: dict[FunctionNode | ast.Lambda, Bindings] = field(default_factory=dict)

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Return the innermost function around `node`."""
        at = self.parents.get(node)
        while at is not None and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            at = self.parents.get(at)
        return at

    def class_of(self, node: ast.AST) -> Class | None:
        """Return the innermost class around `node`."""
        at = self.parents.get(node)
        while at is not None and not isinstance(at, ast.ClassDef):
            at = self.parents.get(at)
        return self._classes_by_node.get(at) if at is not None else None

    def locals_of(self, function: FunctionNode) -> Bindings:
        """Return what `function` binds, its parameters left out."""
        if function not in self._locals:
            self._locals[function] = bindings(function.body)
        return self._locals[function]


def read(file: SourceFile, name: str) -> Module | None:
    """Index one file; None when it cannot be parsed."""
    node = file.tree()
    if node is None:
        return None
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    module = Module(file, node, name, package)
    found = _walked(module)
    module.values = bindings(node.body)
    for child in found:
        if isinstance(child, ast.ClassDef):
            _class(module, child)
        elif isinstance(child, ast.Global):
            _global(module, child)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(module.parents.get(child), ast.Module | ast.If | ast.Try):
                module.functions.setdefault(child.name, child)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            _imported(module, child)
    return module


def _walked(module: Module) -> list[ast.AST]:
    """Go through the tree once, in source order: note parents, calls and uses, and return the nodes that bind names."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [module.node]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call):
            module.calls.append(node)
        elif isinstance(node, ast.Name):
            module.uses.setdefault(node.id, []).append(node)
        elif isinstance(node, ast.Attribute):
            module.uses.setdefault(node.attr, []).append(node)
        elif isinstance(node, _BINDING):
            found.append(node)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                module.defined[node.name] += 1
        below = children(node)
        for child in below:
            module.parents[child] = node
        below.reverse()
        stack += below
    return found


def _imported(module: Module, node: ast.Import | ast.ImportFrom) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            module.imports.setdefault(alias.asname or top, alias.name if alias.asname else top)
        return
    source = node.module or ""
    if node.level:
        parts = module.package.split(".") if module.package else []
        parts = parts[: len(parts) - node.level + 1]
        source = ".".join([*parts, source] if source else parts)
    for alias in node.names:
        if alias.name == "*":
            module.stars.append(source)
        else:
            module.imports.setdefault(alias.asname or alias.name, f"{source}.{alias.name}")


def _class(module: Module, node: ast.ClassDef) -> None:
    made = Class(node, module, attributes=bindings(node.body))
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            made.methods[child.name] = child
            _on_self(made, child)
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            made.annotations[child.target.id] = child.annotation
    module._classes_by_node[node] = made
    module.classes.setdefault(node.name, made)


def _on_self(made: Class, method: FunctionNode) -> None:
    first = method.args.args[0].arg if method.args.args else None
    for node in walk(method):
        for target, value in _targets(node):
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == first:
                made.on_self.setdefault(target.attr, []).append((value, method))


def _global(module: Module, statement: ast.Global) -> None:
    function = module.function_of(statement)
    if function is None:
        return
    for name, values in module.locals_of(function).items():
        if name in statement.names:
            module.values.setdefault(name, []).extend(values)


def bindings(body: list[ast.stmt]) -> Bindings:
    """Return what the statements of one scope bind, nested functions and classes left out."""
    found: Bindings = {}
    for node in own_nodes(body):
        for target, value in _targets(node):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of one scope in source order, without going into nested functions and classes."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, _SCOPES):
            continue
        yield node
        below = children(node)
        below.reverse()
        stack += below


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _unpacked(target, node.value)
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None:
            yield node.target, node.value
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, ast.AugAssign):
        yield node.target, None
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from _unpacked(node.target, None)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield from _unpacked(node.optional_vars, node.context_expr)


def _unpacked(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, value
        return
    pairs = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
    for position, part in enumerate(target.elts):
        yield from _unpacked(part, pairs[position] if pairs else None)
