"""The Python files of a tree as one project: what a name means, followed through imports, attributes and re-exports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gonogo.prove.scan.python_module import Class, FunctionNode, Module, own_nodes, read
from gonogo.prove.scan.python_signature import (
    annotation_of,
    default_of,
    is_none,
    is_property,
    last_name,
    parameters,
    raw_annotation,
)
from gonogo.prove.scan.tree import SourceFile, Tree

MAX_DEPTH = 24
"""How many steps one name is followed before it counts as unknown."""

FOREIGN = frozenset(
    {"openai", "anthropic", "litellm", "langchain", "langchain_openai", "langchain_anthropic", "langchain_community"}
    | {"langchain_core", "requests", "httpx", "aiohttp", "os", "tenacity", "backoff", "groq", "together", "mistralai"}
    | {"typing", "json", "pydantic", "pydantic_settings", "urllib", "functools", "asyncio", "instructor", "langfuse"}
    | {"google", "vertexai"}
)
"""Top-level names that mean the library even where the project has a file of the same name beside a script."""


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: its module and the innermost function around it."""

    module: Module
    function: FunctionNode | None = None

    @classmethod
    def of(cls, module: Module, node: ast.AST) -> Scope:
        """Return the scope of `node`."""
        return cls(module, module.function_of(node))


@dataclass(frozen=True)
class External:
    """Something of a library, by its dotted name."""

    name: str


@dataclass(frozen=True)
class Value:
    """A name bound to an expression; None when what it is bound to cannot be read."""

    expr: ast.expr | None
    scope: Scope


@dataclass(frozen=True)
class Function:
    """A function or method of the project."""

    node: FunctionNode
    module: Module


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function of the project."""

    function: FunctionNode
    name: str
    scope: Scope


@dataclass(frozen=True)
class Instance:
    """An object of a class of the project; `call` made it where that is known."""

    cls: Class
    call: ast.Call | None = None
    scope: Scope | None = None


Entity: TypeAlias = External | Value | Function | Parameter | Class | Module


class Project:
    """Looks names up. Files are parsed when a name leads there."""

    def __init__(self, tree: Tree) -> None:
        """Name every Python file of `tree`; nothing is parsed yet."""
        self.tree = tree
        self._files: dict[str, list[SourceFile]] = {}
        self._modules: dict[str, Module | None] = {}
        self._names: dict[str, str] = {}
        self._objects: dict[int, list[Instance]] = {}
        self._injected: dict[tuple[FunctionNode, str], list[tuple[ast.expr, Scope]]] = {}
        self._depth = 0
        packages = {f.path.rpartition("/")[0] for f in tree.language("python") if f.name == "__init__.py"}
        for file in tree.language("python"):
            self._name(file, packages)

    def _name(self, file: SourceFile, packages: set[str]) -> None:
        plain = file.path.rsplit(".", 1)[0].removesuffix("/__init__")
        root = file.path.rpartition("/")[0]
        while root in packages:
            root = root.rpartition("/")[0]
        own = plain.removeprefix(f"{root}/") if root else plain
        self._names[file.path] = own.replace("/", ".")
        for name in {own, plain, plain.removeprefix("src/")}:
            self._files.setdefault(name.replace("/", "."), []).append(file)

    def module(self, file: SourceFile) -> Module | None:
        """Return the parsed file, None when it is broken."""
        if file.path not in self._modules:
            self._modules[file.path] = read(file, self._names.get(file.path, file.path))
        return self._modules[file.path]

    def find(self, dotted: str, near: Module | None = None) -> Module | None:
        """Return the project's module of that name, the nearest to `near` where there are several."""
        if dotted.partition(".")[0] in FOREIGN:
            return None
        files = self._files.get(dotted)
        if not files:
            return None
        if len(files) > 1 and near is not None:
            files = sorted(files, key=lambda f: -_shared(f.path, near.file.path))
        return self.module(files[0])

    # -- names ---------------------------------------------------------------------------------------------------

    def lookup(self, scope: Scope, expr: ast.expr) -> list[Entity]:
        """Return what a name or attribute may mean: one entity per binding, nothing when it is unknown."""
        if self._depth > MAX_DEPTH:
            return []
        self._depth += 1
        try:
            if isinstance(expr, ast.Name):
                return self._name_in(scope, expr.id)
            if isinstance(expr, ast.Attribute):
                return list(self._attribute(scope, expr))
            return []
        finally:
            self._depth -= 1

    def _name_in(self, scope: Scope, name: str) -> list[Entity]:
        function = scope.function
        while function is not None:
            here = Scope(scope.module, function)
            found: list[Entity] = [Value(e, here) for e in scope.module.locals_of(function).get(name, ())]
            if name in parameters(function):
                found.append(Parameter(function, name, here))
            if found:
                return found
            function = scope.module.function_of(function)
        return self.member(scope.module, name)

    def member(self, module: Module, name: str, depth: int = 0) -> list[Entity]:
        """Return what `name` is bound to at the top of `module`, through imports and re-exports."""
        missing = name in module.imports and all(is_none(e) for e in module.values.get(name, ()))
        if name in module.values and not missing:  # an optional import leaves None behind where it fails
            return [Value(e, Scope(module)) for e in module.values[name]]
        if name in module.functions:
            return [Function(module.functions[name], module)]
        if name in module.classes:
            return [module.classes[name]]
        if depth > MAX_DEPTH:
            return []
        if name in module.imports:
            return self.dotted(module.imports[name], module, depth + 1)
        for star in module.stars:
            source = self.find(star, module)
            found = self.member(source, name, depth + 1) if source and source is not module else []
            if found:
                return found
        return []

    def dotted(self, name: str, near: Module, depth: int = 0) -> list[Entity]:
        """Return what a dotted import name means."""
        whole = self.find(name, near)
        parent, _, last = name.rpartition(".")
        owner = self.find(parent, near) if parent else None
        if owner is not None and owner is not near:
            found = self.member(owner, last, depth)
            if found:
                return found
        return [whole] if whole is not None else [External(name)]

    def _attribute(self, scope: Scope, expr: ast.Attribute) -> Iterator[Entity]:
        for owner in self.lookup(scope, expr.value):
            if isinstance(owner, External):
                yield External(f"{owner.name}.{expr.attr}")
                return
            if isinstance(owner, Module):
                found = self.member(owner, expr.attr)
                whole = self.find(f"{owner.name}.{expr.attr}", owner)
                yield from found or ([whole] if whole else [])
                return
        for instance in self.instances(scope, expr.value):
            yield from self.attribute_of(instance.cls, expr.attr)

    def attribute_of(self, cls: Class, name: str, depth: int = 0) -> list[Entity]:
        """Return what an attribute of `cls` or of its bases in the project may mean."""
        found: list[Entity] = [Value(e, Scope(cls.module, m)) for e, m in cls.on_self.get(name, ())]
        found = [f for f in found if not _none(f)] or found
        if found:
            return found
        if name in cls.attributes:
            return [Value(e, Scope(cls.module)) for e in cls.attributes[name]]
        if name in cls.methods:
            return [Function(cls.methods[name], cls.module)]
        for base in self.bases(cls) if depth < 8 else ():
            if isinstance(base, Class):
                found = self.attribute_of(base, name, depth + 1)
                if found:
                    return found
        return []

    def bases(self, cls: Class) -> list[Entity]:
        """Return what the bases of `cls` are."""
        return [e for b in cls.node.bases for e in self.lookup(Scope(cls.module), b) if e is not cls]

    def external_bases(self, cls: Class, depth: int = 0) -> Iterator[str]:
        """Yield the dotted names of all library classes that `cls` descends from."""
        for base in self.bases(cls):
            if isinstance(base, External):
                yield base.name
            elif isinstance(base, Class) and depth < 8:
                yield from self.external_bases(base, depth + 1)

    # -- objects -------------------------------------------------------------------------------------------------

    def instances(self, scope: Scope, expr: ast.expr) -> list[Instance]:
        """Return the objects of project classes that `expr` may be (a class itself counts as its object)."""
        if self._depth > MAX_DEPTH:
            return []
        if id(expr) not in self._objects:
            self._objects[id(expr)] = []  # an object that is made from itself ends here
            self._depth += 1
            try:
                self._objects[id(expr)] = list(self._instances(scope, expr))
            finally:
                self._depth -= 1
        return self._objects[id(expr)]

    def _instances(self, scope: Scope, expr: ast.expr) -> Iterator[Instance]:
        if isinstance(expr, ast.Await):
            yield from self.instances(scope, expr.value)
        elif isinstance(expr, ast.Name) and is_self(scope, expr.id):
            cls = scope.module.class_of(scope.function) if scope.function else None
            if cls is not None:
                yield Instance(cls)
        elif isinstance(expr, ast.Call):
            for callee in self.lookup(scope, expr.func):
                if isinstance(callee, Class):
                    yield Instance(callee, expr, scope)
                elif isinstance(callee, Function):
                    for returned, where in self.returns(callee):
                        yield from self.instances(where, returned)
        elif isinstance(expr, ast.Name | ast.Attribute):
            for entity in self.lookup(scope, expr):
                yield from self._as_instances(entity)

    def _as_instances(self, entity: Entity) -> Iterator[Instance]:
        if isinstance(entity, Class):
            yield Instance(entity)
        elif isinstance(entity, Value) and entity.expr is not None:
            yield from self.instances(entity.scope, entity.expr)
        elif isinstance(entity, Function) and is_property(entity.node):
            for returned, where in self.returns(entity):
                yield from self.instances(where, returned)
        elif isinstance(entity, Parameter):
            for given, where in self.injected(entity):
                yield from self.instances(where, given)
            annotation = annotation_of(entity.function, entity.name)
            for found in self.lookup(Scope(entity.scope.module), annotation) if annotation else ():
                if isinstance(found, Class):
                    yield Instance(found)

    def returns(self, function: Function) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield the expressions that a function returns or, as a dependency, yields."""
        scope = Scope(function.module, function.node)
        for node in own_nodes(function.node.body):
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None and not is_none(node.value):
                yield node.value, scope

    def injected(self, parameter: Parameter) -> list[tuple[ast.expr, Scope]]:
        """Return the calls that a framework makes to fill a parameter: `Depends(f)` as default or in `Annotated`."""
        key = (parameter.function, parameter.name)
        if key not in self._injected:
            self._injected[key] = list(self._dependencies(parameter))
        return self._injected[key]

    def _dependencies(self, parameter: Parameter) -> Iterator[tuple[ast.expr, Scope]]:
        outer = Scope(parameter.scope.module)
        annotated = raw_annotation(parameter.function, parameter.name)
        candidates = [default_of(parameter.function, parameter.name)]
        if isinstance(annotated, ast.Name):  # an alias: ClientDep = Annotated[OpenAI, Depends(get_client)]
            found = [e for e in self.lookup(outer, annotated) if isinstance(e, Value)]
            if found and found[0].expr is not None:
                annotated, outer = found[0].expr, found[0].scope
        if isinstance(annotated, ast.Subscript) and isinstance(annotated.slice, ast.Tuple):
            candidates += annotated.slice.elts
        for candidate in candidates:
            if isinstance(candidate, ast.Call) and last_name(candidate.func) in ("Depends", "Security", "Provide"):
                for dependency in candidate.args[:1]:
                    yield ast.copy_location(ast.Call(func=dependency, args=[], keywords=[]), candidate), outer


def is_self(scope: Scope, name: str) -> bool:
    """Tell whether `name` is the object itself (or the class) in the method at `scope`."""
    function = scope.function
    if name not in ("self", "cls") or function is None:
        return False
    return bool(function.args.args) and function.args.args[0].arg == name


def _none(entity: Entity) -> bool:
    return isinstance(entity, Value) and is_none(entity.expr)


def _shared(a: str, b: str) -> int:
    same = 0
    for x, y in zip(a.split("/"), b.split("/"), strict=False):
        if x != y:
            break
        same += 1
    return same
