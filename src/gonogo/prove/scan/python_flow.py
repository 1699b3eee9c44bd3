"""Which binding of a name holds at the place where it is used, where a function binds it more than once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Entity, Value


def reaching(module: Module, use: ast.Name, found: list[Entity]) -> list[Entity]:
    """Return those of `found` that may hold at `use`.

    A binding that is always made on the way to the use, and nearest before it, replaces all earlier ones and those of
    branches that end elsewhere; one made in a branch on the way there remains possible beside it.
    """
    function = module.function_of(use)
    if function is None or len(found) < 2:
        return found
    places = [(_statement(module, e.expr), e) for e in found if isinstance(e, Value) and e.expr is not None]
    if len(places) < len(found) or any(s is None or module.function_of(s) is not function for s, _ in places):
        return found
    around = list(_around(module, use))
    before = [s for s, _ in places if s is not None and any(_stands_before(s, block, until) for block, until in around)]
    if not before:
        return found
    start = max(s.lineno for s in before)
    until = max([use.lineno, *(_end(at) for _, at in around if isinstance(at, ast.For | ast.AsyncFor | ast.While))])
    return [e for s, e in places if s is not None and start <= s.lineno <= until] or found


def _statement(module: Module, node: ast.AST) -> ast.stmt | None:
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.stmt):
        at = module.parents.get(at)
    return at


def _around(module: Module, use: ast.AST) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    """Give each list of statements around `use` within its function, with the statement of it that holds the use."""
    at = _statement(module, use)
    while at is not None and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
        above = module.parents.get(at)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(above, name, None)
            if isinstance(block, list) and at in block:
                yield block, at
        at = _statement(module, above) if above is not None else None


def _end(statement: ast.stmt) -> int:
    """The last line of a loop: what is bound after the use holds there in the next round."""
    return statement.end_lineno or statement.lineno


def _stands_before(statement: ast.stmt, block: list[ast.stmt], until: ast.stmt) -> bool:
    return statement in block and block.index(statement) < block.index(until)
