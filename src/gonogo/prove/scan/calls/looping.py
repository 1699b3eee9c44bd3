"""Retries that are written by hand: a loop around a call that goes on when the call fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import Setting
from gonogo.prove.scan.calls.reader import Reader
from gonogo.prove.scan.python_module import Module, own_nodes
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name

FOREVER = Setting(None, "literal")
DYNAMIC = Setting(None, "dynamic")
_OF_THE_ANSWER = frozenset(
    {"JSONDecodeError", "ValidationError", "ValueError", "KeyError", "IndexError", "TypeError", "AttributeError"}
    | {"OutputParserException", "AssertionError", "UnicodeDecodeError"}
)
"""Errors of reading an answer: a loop that asks again then repeats no failed call."""
_ASKS = frozenset({"invoke", "ainvoke", "stream", "astream"})


def loop_around(reader: Reader, module: Module, call: ast.Call) -> tuple[Setting, str] | None:
    """Return how often a loop in the same function makes `call` while it fails, and how it waits; None without one."""
    below: ast.AST = call
    at = module.parents.get(call)
    tried: ast.Try | None = None
    while at is not None and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        if isinstance(at, ast.Try) and below in at.body and any(_goes_on(h) for h in at.handlers):
            tried = at
        elif isinstance(at, ast.For | ast.AsyncFor | ast.While) and tried is not None:
            return _loop(reader, module, at, tried)
        below, at = at, module.parents.get(at)
    return None


def uses_of(module: Module, made: ast.Call) -> Iterator[ast.Call]:
    """Give the calls in this module that ask the LangChain model made by `made`, by the name it is kept under."""
    at: ast.AST | None = made
    while at is not None and not isinstance(at, ast.stmt):
        at = module.parents.get(at)
    kept = at.targets[0] if isinstance(at, ast.Assign) and len(at.targets) == 1 else None
    if not isinstance(kept, ast.Name | ast.Attribute):
        return
    name = ast.unparse(kept)
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ASKS and ast.unparse(call.func.value) == name:
            yield call


def _loop(
    reader: Reader, module: Module, loop: ast.For | ast.AsyncFor | ast.While, tried: ast.Try
) -> tuple[Setting, str] | None:
    """Read a loop that ends when the call succeeds; one that does not end then goes through something else."""
    after = [*tried.body, *tried.orelse, *_following(module, tried)]
    if not any(isinstance(n, ast.Return | ast.Break) for n in own_nodes(after)):
        return None
    if isinstance(loop, ast.While):
        gives_up = any(isinstance(n, ast.Raise | ast.Return | ast.Break) for h in tried.handlers for n in ast.walk(h))
        endless = isinstance(loop.test, ast.Constant) and not gives_up
        return (FOREVER if endless else DYNAMIC), _waits(loop)
    counted = loop.iter
    if not isinstance(counted, ast.Call) or last_name(counted.func) != "range" or not counted.args:
        return None
    scope = Scope.of(module, loop)
    ends = [reader.values.setting(scope, a) for a in counted.args[:2]]
    if len(ends) == 1:
        return ends[0], _waits(loop)
    low, high = (e.value for e in ends)
    counts = isinstance(low, int) and isinstance(high, int)
    return (Setting(high - low, ends[1].origin) if counts else DYNAMIC), _waits(loop)  # type: ignore[operator]


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler lets the loop go on after a failed call."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    if handler.type is not None and all(last_name(c) in _OF_THE_ANSWER for c in caught if c is not None):
        return False
    return not isinstance(handler.body[-1], ast.Raise | ast.Return | ast.Break)


def _following(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    block = getattr(module.parents.get(statement), "body", [])
    return block[block.index(statement) + 1 :] if statement in block else []


def _waits(loop: ast.For | ast.AsyncFor | ast.While) -> str:
    """Say how the loop waits before it repeats, in the words of `ModelCallSite.waits`."""
    sleeps = [n for n in ast.walk(loop) if isinstance(n, ast.Call) and last_name(n.func) == "sleep" and n.args]
    if not sleeps:
        return "none"
    parts = list(ast.walk(sleeps[0].args[0]))
    named = {n.id for n in parts if isinstance(n, ast.Name)}
    changes = [n for n in ast.walk(loop) if isinstance(n, ast.Assign | ast.AugAssign) and named & _targets(n)]
    parts += [p for change in changes for p in ast.walk(change)]
    grows = any(isinstance(p, ast.Pow | ast.LShift) for p in parts) or any(
        isinstance(p, ast.Mult) for change in changes for p in ast.walk(change)
    )
    random = any(last_name(p) in ("uniform", "random", "randint", "jitter") for p in parts if isinstance(p, ast.expr))
    if grows:
        return "exponential-jitter" if random else "exponential"
    if random:
        return "random"
    return "fixed" if all(isinstance(p, ast.Constant) for p in parts) else ""


def _targets(node: ast.Assign | ast.AugAssign) -> set[str]:
    found = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {t.id for t in found if isinstance(t, ast.Name)}
