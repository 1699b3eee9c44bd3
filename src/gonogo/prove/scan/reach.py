"""What a function reaches by the calls that it makes, within the project."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.prove.scan.python_module import Class
from gonogo.prove.scan.python_nodes import walk
from gonogo.prove.scan.python_project import Function, Project, Scope
from gonogo.prove.scan.python_signature import last_name

MAX_FUNCTIONS = 200
_CHAINS = (
    ("completions", "create"), ("completions", "parse"), ("completions", "stream"), ("responses", "create"),
    ("responses", "parse"), ("responses", "stream"), ("messages", "create"), ("messages", "stream"),
    ("models", "generate_content"), ("models", "generate_content_stream"), ("chat", "complete"),
    ("litellm", "completion"),    ("litellm", "acompletion"), ("ChatCompletion", "create"), ("Completion", "create"),
)  # fmt: skip
_METHODS = (
    "invoke",
    "ainvoke",
    "astream",
    "generate_content",
    "generate_content_async",
    "acompletion",
    "astream_events",
)


def calls(function: Function, project: Project) -> Iterator[tuple[ast.Call, Scope]]:
    """Give every call that `function` or a function that it reaches makes, nearest first."""
    todo, known = [function], {function.node}
    while todo and len(known) < MAX_FUNCTIONS:
        current = todo.pop(0)
        scope = Scope(current.module, current.node)
        for node in walk(current.node):
            if not isinstance(node, ast.Call):
                continue
            yield node, scope
            for entity in project.lookup(scope, node.func):
                if isinstance(entity, Class):
                    continue
                if isinstance(entity, Function) and entity.node not in known:
                    known.add(entity.node)
                    todo.append(entity)


def is_model_call(call: ast.Call) -> bool:
    """Tell whether a call has the shape of a call of a model through a known SDK."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(function, ast.Name) and function.id in ("completion", "acompletion")
    owner = last_name(function.value) or ""
    return (owner, function.attr) in _CHAINS or function.attr in _METHODS


def reaches_model(function: Function, project: Project) -> bool | None:
    """Return True where a model call is reached, None where none is seen: a call may hide behind what is not read."""
    return True if any(is_model_call(call) for call, _ in calls(function, project)) else None
