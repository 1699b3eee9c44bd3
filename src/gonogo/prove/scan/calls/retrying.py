"""Retries around a call: decorators (tenacity, backoff), `with_retry` of LangChain, loops written by hand.

They repeat on top of what the SDK repeats by itself.
"""

from __future__ import annotations

import ast

import msgspec

from gonogo.facts import ModelCallSite, Setting
from gonogo.prove.scan.calls.looping import DYNAMIC, FOREVER, loop_around, uses_of
from gonogo.prove.scan.calls.reader import Reader
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import FunctionNode, Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name

_RUNNABLE_ATTEMPTS = Setting(3, "literal")
"""How often `with_retry()` of LangChain tries where nothing is said."""


def wrapped(reader: Reader, module: Module, call: ast.Call, site: ModelCallSite) -> ModelCallSite:
    """Return `site` with what decorators, `with_retry` or a loop around it add; the first that is found counts."""
    found = _of_runnable(reader, module, call) if site.sdk == "langchain" else loop_around(reader, module, call)
    if found is None and site.sdk == "langchain":
        found = next((f for c in uses_of(module, call) if (f := loop_around(reader, module, c))), None)
    if found is not None:
        return msgspec.structs.replace(site, attempts=found[0], waits=found[1])
    function = module.function_of(call)
    while function is not None:
        for decorator in function.decorator_list:
            found = _policy(reader, module, function, decorator)
            if found is not None:
                return msgspec.structs.replace(site, attempts=found[0], waits=found[1])
        function = module.function_of(function)
    return site


def _of_runnable(reader: Reader, module: Module, call: ast.Call) -> tuple[Setting, str] | None:
    """Read the `.with_retry(...)` that follows a model, or the chain of `|` that it stands in."""
    at: ast.AST = call
    while True:
        above = module.parents.get(at)
        outer = module.parents.get(above) if isinstance(above, ast.Attribute) else None
        if isinstance(above, ast.BinOp) and isinstance(above.op, ast.BitOr):
            at = above
        elif isinstance(above, ast.Attribute) and isinstance(outer, ast.Call) and outer.func is above:
            if above.attr == "with_retry":
                break
            at = outer
        else:
            return None
    given = reader.mappings.arguments(Scope.of(module, outer), outer)
    attempts = reader.mappings.get(given, "stop_after_attempt")
    jitter = reader.mappings.get(given, "wait_exponential_jitter").value is not False
    return (_RUNNABLE_ATTEMPTS if attempts.origin == "unset" else attempts), "exponential-jitter" if jitter else "none"


def _policy(reader: Reader, module: Module, function: FunctionNode, decorator: ast.expr) -> tuple[Setting, str] | None:
    scope = Scope.of(module, function)
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = reader.name(scope, called)
    if name not in ("tenacity.retry", "backoff.on_exception", "backoff.on_predicate", "retrying.retry"):
        return None
    if not isinstance(decorator, ast.Call):
        return FOREVER, "none"
    given = reader.mappings.arguments(scope, decorator, ("wait_gen",) if name.startswith("backoff") else ())
    if name.startswith("backoff"):
        return _backoff(reader, given)
    if name.startswith("retrying"):
        attempts = reader.mappings.get(given, "stop_max_attempt_number")
        return (FOREVER if attempts.origin == "unset" else attempts), ""
    return _tenacity_attempts(reader, given), _tenacity_waits(given)


def _backoff(reader: Reader, given: Mapping) -> tuple[Setting, str]:
    attempts = reader.mappings.get(given, "max_tries")
    if attempts.origin == "unset":
        attempts = DYNAMIC if "max_time" in given.items else FOREVER
    wait = given.one("wait_gen")
    shape = {"expo": "exponential-jitter", "fibo": "exponential-jitter", "constant": "fixed"}
    return attempts, shape.get(last_name(wait[1]), "") if wait else ""


def _tenacity_attempts(reader: Reader, given: Mapping) -> Setting:
    placed = given.one("stop")
    if placed is None:
        return DYNAMIC if given.open or "stop" in given.items else FOREVER
    scope, expr = placed
    for part in _parts(expr):
        if isinstance(part, ast.Call) and last_name(part) == "stop_after_attempt" and (part.args or part.keywords):
            return reader.values.setting(scope, part.args[0] if part.args else part.keywords[0].value)
        if last_name(part) == "stop_never":
            return FOREVER
    return DYNAMIC


def _tenacity_waits(given: Mapping) -> str:
    placed = given.one("wait")
    if placed is None:
        return "" if given.open or "wait" in given.items else "none"
    names = {last_name(p) for p in _parts(placed[1])}
    if names & {"wait_random_exponential", "wait_exponential_jitter"}:
        return "exponential-jitter"
    if "wait_exponential" in names:
        return "exponential-jitter" if "wait_random" in names else "exponential"
    if "wait_random" in names:
        return "random"
    return "fixed" if names & {"wait_fixed", "wait_incrementing"} else ("none" if "wait_none" in names else "")


def _parts(expr: ast.expr) -> list[ast.expr]:
    """Return the parts of `a | b` and `a + b`."""
    if isinstance(expr, ast.BinOp):
        return _parts(expr.left) + _parts(expr.right)
    return [expr]
