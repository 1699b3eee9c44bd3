"""Retry decorators around a call: tenacity and backoff. They repeat on top of what the SDK repeats by itself."""

from __future__ import annotations

import ast

import msgspec

from gonogo.facts import ModelCallSite, Setting
from gonogo.prove.scan.calls.reader import Reader
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import FunctionNode, Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name

_FOREVER = Setting(None, "literal")
_DYNAMIC = Setting(None, "dynamic")


def wrapped(reader: Reader, module: Module, call: ast.Call, site: ModelCallSite) -> ModelCallSite:
    """Return `site` with what the decorators of the function around it add."""
    function = module.function_of(call)
    while function is not None:
        for decorator in function.decorator_list:
            found = _policy(reader, module, function, decorator)
            if found is not None:
                return msgspec.structs.replace(site, attempts=found[0], waits=found[1])
        function = module.function_of(function)
    return site


def _policy(reader: Reader, module: Module, function: FunctionNode, decorator: ast.expr) -> tuple[Setting, str] | None:
    scope = Scope.of(module, function)
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = reader.name(scope, called)
    if name not in ("tenacity.retry", "backoff.on_exception", "backoff.on_predicate", "retrying.retry"):
        return None
    if not isinstance(decorator, ast.Call):
        return _FOREVER, "none"
    given = reader.mappings.arguments(scope, decorator, ("wait_gen",) if name.startswith("backoff") else ())
    if name.startswith("backoff"):
        return _backoff(reader, given)
    if name.startswith("retrying"):
        attempts = reader.mappings.get(given, "stop_max_attempt_number")
        return (_FOREVER if attempts.origin == "unset" else attempts), ""
    return _tenacity_attempts(reader, given), _tenacity_waits(given)


def _backoff(reader: Reader, given: Mapping) -> tuple[Setting, str]:
    attempts = reader.mappings.get(given, "max_tries")
    if attempts.origin == "unset":
        attempts = _DYNAMIC if "max_time" in given.items else _FOREVER
    wait = given.one("wait_gen")
    shape = {"expo": "exponential-jitter", "fibo": "exponential-jitter", "constant": "fixed"}
    return attempts, shape.get(last_name(wait[1]), "") if wait else ""


def _tenacity_attempts(reader: Reader, given: Mapping) -> Setting:
    placed = given.one("stop")
    if placed is None:
        return _DYNAMIC if given.open or "stop" in given.items else _FOREVER
    scope, expr = placed
    for part in _parts(expr):
        if isinstance(part, ast.Call) and last_name(part) == "stop_after_attempt" and (part.args or part.keywords):
            return reader.values.setting(scope, part.args[0] if part.args else part.keywords[0].value)
        if last_name(part) == "stop_never":
            return _FOREVER
    return _DYNAMIC


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
