"""Keyword arguments and dictionaries as far as they can be read: which keys are there, and whether others may be."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from gonogo.facts import Setting
from gonogo.facts.scan import UNSET
from gonogo.prove.scan.python_module import own_nodes
from gonogo.prove.scan.python_project import Function, Parameter, Scope, Value
from gonogo.prove.scan.python_settings import DYNAMIC, agreed
from gonogo.prove.scan.python_signature import last_name
from gonogo.prove.scan.python_values import Values

Placed: TypeAlias = tuple[Scope, ast.expr]
MAX_DEPTH = 8


@dataclass
class Mapping:
    """Keys with the expressions that each may be worth. `maybe` holds keys that may be missing; `open` is true when
    other keys may be there, so that a missing key is not known to be unset."""

    items: dict[str, list[Placed]] = field(default_factory=dict)
    maybe: set[str] = field(default_factory=set)
    open: bool = False

    def put(self, key: str, placed: Placed, *, certain: bool = True) -> None:
        """Bind `key`; where that is not certain, what it was before remains possible."""
        if certain:
            self.items[key] = [placed]
            self.maybe.discard(key)
            return
        if key not in self.items:
            self.maybe.add(key)
        self.items.setdefault(key, []).append(placed)

    def update(self, other: Mapping, *, certain: bool = True) -> None:
        """Lay `other` over this one."""
        for key, placed in other.items.items():
            sure = certain and key not in other.maybe and len(placed) == 1
            for one in placed:
                self.put(key, one, certain=sure)
        if other.open:
            self.open = True
            self.maybe |= set(self.items) - set(other.items)

    def one(self, *keys: str) -> Placed | None:
        """Return the only expression bound to the first of `keys` that is there."""
        for key in keys:
            placed = self.items.get(key)
            if placed:
                return placed[0] if len(placed) == 1 else None
        return None


class Mappings:
    """Reads dictionaries and argument lists of one project."""

    def __init__(self, values: Values) -> None:
        """Resolve names through `values`."""
        self.values = values
        self.project = values.project
        self._depth = 0

    def arguments(self, scope: Scope, call: ast.Call, positional: Iterable[str] = ()) -> Mapping:
        """Return the arguments of `call`; `positional` names those that come without a keyword, in order."""
        return self.given(scope, call.args, call.keywords, positional)

    def given(
        self, scope: Scope, args: list[ast.expr], keywords: list[ast.keyword], positional: Iterable[str] = ()
    ) -> Mapping:
        """Return the arguments written as `args` and `keywords`."""
        made = Mapping()
        for name, arg in zip(positional, args, strict=False):
            if isinstance(arg, ast.Starred):
                made.open = True
                break
            made.put(name, (scope, arg))
        for keyword in keywords:
            if keyword.arg is not None:
                continue
            made.update(self.read(scope, keyword.value))
        for keyword in keywords:
            if keyword.arg is not None:
                made.put(keyword.arg, (scope, keyword.value))
        return made

    def get(self, mapping: Mapping, *keys: str) -> Setting:
        """Return the setting of the first of `keys` that is there: unset when none is, dynamic when it is not sure."""
        for key in keys:
            if key in mapping.items:
                seen = agreed([self.values.setting(s, e) for s, e in mapping.items[key]])
                return DYNAMIC if key in mapping.maybe else seen
        return DYNAMIC if mapping.open else UNSET

    def read(self, scope: Scope, expr: ast.expr) -> Mapping:
        """Return what the dictionary `expr` holds."""
        if self._depth > MAX_DEPTH:
            return Mapping(open=True)
        self._depth += 1
        try:
            return self._read(scope, expr)
        finally:
            self._depth -= 1

    def _read(self, scope: Scope, expr: ast.expr) -> Mapping:
        match expr:
            case ast.Dict():
                return self._display(scope, expr)
            case ast.Call(func=ast.Name(id="dict")):
                made = self.read(scope, expr.args[0]) if expr.args else Mapping()
                made.update(self.given(scope, [], expr.keywords))
                return made
            case ast.Call(func=ast.Attribute(value=inner, attr="copy")):
                return self.read(scope, inner)
            case ast.Call():
                found = self.project.lookup(scope, expr.func)
                if len(found) == 1 and isinstance(found[0], Function):
                    return _either([self.read(where, value) for value, where in self.project.returns(found[0])])
            case ast.Await(value=inner):
                return self.read(scope, inner)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                made = self.read(scope, left)
                made.update(self.read(scope, right))
                return made
            case ast.IfExp(body=body, orelse=other):
                return _either([self.read(scope, body), self.read(scope, other)])
            case ast.Name() | ast.Attribute():
                return self._named(scope, expr)
        return Mapping(open=True)

    def _display(self, scope: Scope, expr: ast.Dict) -> Mapping:
        made = Mapping()
        for key, value in zip(expr.keys, expr.values, strict=True):
            if key is None:
                made.update(self.read(scope, value))
                continue
            name = self.values.setting(scope, key)
            if isinstance(name.value, str):
                made.put(name.value, (scope, value))
            else:
                made.open = True
        return made

    def _named(self, scope: Scope, expr: ast.Name | ast.Attribute) -> Mapping:
        found = self.project.lookup(scope, expr)
        if not found or not all(isinstance(f, Value | Parameter) for f in found):
            return Mapping(open=True)
        made = _either([self._bound(f) for f in found if isinstance(f, Value | Parameter)])
        if isinstance(expr, ast.Attribute):
            made.open |= any(_changed(f.scope, expr.attr) for f in found if isinstance(f, Value | Parameter))
        first = found[0]
        if isinstance(expr, ast.Name) and isinstance(first, Value | Parameter) and first.scope.function is not None:
            self._changes(first.scope, expr.id, first.expr if isinstance(first, Value) else None, made)
        return made

    def _bound(self, entity: Value | Parameter) -> Mapping:
        if isinstance(entity, Value) and entity.expr is not None:
            return self.read(entity.scope, entity.expr)
        return Mapping(open=True)

    def _changes(self, scope: Scope, name: str, start: ast.expr | None, made: Mapping) -> None:
        """Apply what the function does to its dictionary `name` after it was made."""
        function = scope.function
        if function is None:
            return
        around = _branches(scope, start) if start is not None else set()
        for node in own_nodes(function.body):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._stored(scope, name, target, node, made, around)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id == name:
                    self._method(scope, node, made, _branches(scope, node) <= around)
            elif isinstance(node, ast.Delete) and any(_is_item(t, name) for t in node.targets):
                made.open = True

    def _stored(
        self, scope: Scope, name: str, target: ast.expr, node: ast.Assign, made: Mapping, around: set[ast.AST]
    ) -> None:
        if not isinstance(target, ast.Subscript) or not _is_item(target, name):
            return
        key = self.values.setting(scope, target.slice)
        if isinstance(key.value, str):
            made.put(key.value, (scope, node.value), certain=_branches(scope, node) <= around)
        else:
            made.open = True

    def _method(self, scope: Scope, node: ast.Call, made: Mapping, certain: bool) -> None:
        method = last_name(node.func)
        if method == "update":
            other = self.read(scope, node.args[0]) if node.args else Mapping()
            other.update(self.given(scope, [], node.keywords))
            made.update(other, certain=certain)
        elif method == "setdefault" and len(node.args) == 2:
            key = self.values.setting(scope, node.args[0])
            if isinstance(key.value, str) and key.value not in made.items:
                made.put(key.value, (scope, node.args[1]), certain=certain and not made.open)
        elif method in ("pop", "clear", "popitem"):
            key = self.values.setting(scope, node.args[0]) if node.args else DYNAMIC
            if isinstance(key.value, str):
                made.maybe.add(key.value)
            else:
                made.open = True


def _changed(scope: Scope, attribute: str) -> bool:
    """Tell whether the module changes the dictionary in an attribute of that name, whatever object it belongs to."""
    for node in scope.module.parents:
        owner = node.value if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del) else None
        if isinstance(node, ast.Attribute) and node.attr in ("update", "setdefault", "pop", "clear"):
            owner = node.value
        if isinstance(owner, ast.Attribute) and owner.attr == attribute:
            return True
    return False


def _is_item(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name


def _branches(scope: Scope, node: ast.AST) -> set[ast.AST]:
    """The branches and loops of the function around `node`: what is done there is not always done."""
    found: set[ast.AST] = set()
    below: ast.AST = node
    at = scope.module.parents.get(node)
    while at is not None and at is not scope.function:
        if isinstance(at, ast.If | ast.For | ast.While | ast.AsyncFor | ast.ExceptHandler | ast.IfExp | ast.BoolOp):
            # the two arms of an if are different branches: name the arm by its first statement
            arm = at.orelse if isinstance(at, ast.If) and below in at.orelse else None
            found.add(arm[0] if arm else at)
        below, at = at, scope.module.parents.get(at)
    return found


def _either(choices: list[Mapping]) -> Mapping:
    """Return what holds whichever of `choices` it is."""
    if not choices:
        return Mapping(open=True)
    made = choices[0]
    for other in choices[1:]:
        missing = set(made.items) ^ set(other.items)
        for key, placed in other.items.items():
            made.items.setdefault(key, []).extend(placed)
        made.maybe |= other.maybe | missing
        made.open |= other.open
    return made
