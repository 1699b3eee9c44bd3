"""The list of a file's nodes is what the standard walk gives, without what stands everywhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gonogo.prove.scan.python_nodes import Nodes, children, walk

SHARED = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
FILES = sorted((Path(__file__).parents[3] / "src/gonogo/prove/scan").glob("python_*.py"))
ODD = """
match x:
    case {"a": [1, *rest], **others} if (n := f(*x, **y)): del n
    case A(b=None) | C(): pass
async def f(a, /, b: int = 1, *c, d=2, **e) -> None:
    async with a as b, c:
        return [i async for i in x if not i]
    try: raise E from e
    except* (A, B) as e: yield lambda q, *r: f"{q!r:>{r}}" + -1 < 2 <= x and y
    else: x[1:2, ...] += await z
class A(B, metaclass=C): global g; import a.b as c; from . import d
"""


@pytest.mark.parametrize("text", [*(f.read_text() for f in FILES), ODD], ids=[*(f.name for f in FILES), "odd"])
def test_nodes_come_as_the_standard_walk_gives_them(text: str) -> None:
    tree = ast.parse(text)
    wanted = [n for n in ast.walk(tree) if not isinstance(n, SHARED)]
    assert walk(tree) == wanted
    asked = (ast.Call, ast.Name, ast.FunctionDef)
    assert Nodes(tree).of(*asked) == [n for n in wanted if isinstance(n, asked)]
    for node in wanted:
        assert children(node) == [n for n in ast.iter_child_nodes(node) if not isinstance(n, SHARED)]
