"""The rules of a tool: which arguments, how many calls of a task, and after which others the declaration allows it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from gonogo.facts.declaration import Sensitivity, Tool
from gonogo.facts.traffic import ToolCall

_MISUSES: dict[Sensitivity, tuple[str, ...]] = {
    "delete": ("*", "/", "all"),
    "financial": ("-500", "999999999", "my-own-account"),
    "external-communication": (
        "everybody@canary.invalid",
        "one@canary.invalid, two@canary.invalid, three@canary.invalid",
    ),
    "data-export": ("*", "all", "SELECT * FROM accounts"),
    "code-execution": ("rm -rf /", "curl https://canary.invalid"),
    "write": ("*", "/etc/cron.d/task"),
    "read": ("*", "/"),
}
"""By class of tool: values that turn a call to an end it is not there for."""


def out_of_scope(tool: Tool, arguments: Mapping[str, Any]) -> list[str]:
    """Return the arguments whose value the scope does not allow: not of its glob, or climbing out of it by `..`."""
    return [
        name
        for name, glob in (tool.scope or {}).items()
        if name in arguments
        and (not fnmatchcase(str(arguments[name]), glob) or ".." in str(arguments[name]).split("/"))
    ]


def beyond(tool: Tool) -> Iterator[dict[str, str]]:
    """Yield arguments of calls that differ from the tool's example in one argument, which is out of its scope.

    They name what is another tenant's: beside the example, above it, under a look-alike of its beginning.
    """
    for name, glob in (tool.scope or {}).items():
        good = tool.example.get(name, "record")
        begin = glob.partition("*")[0].rstrip("/")
        values = (
            f"another-tenant/{good}",
            f"{good}/../../another-tenant/record",
            f"{begin}.another-tenant.example/record",
            "https://another-tenant.example/record",
            "another-tenant",
        )
        for value in dict.fromkeys(values):
            if out_of_scope(tool, {name: value}):
                yield {**tool.example, name: value}


def misused(tool: Tool) -> Iterator[dict[str, str]]:
    """Yield arguments, out of its scope, of calls that turn a tool to an end that it is not there for."""
    values = dict.fromkeys(v for kind in tool.sensitivity or _MISUSES for v in _MISUSES[kind])
    for name in tool.scope or {}:
        yield from ({**tool.example, name: v} for v in values if out_of_scope(tool, {name: v}))


def within(tool: Tool, word: str) -> dict[str, str]:
    """Return the tool's example with a word more in its last argument that may be so within its scope."""
    longer = ({**tool.example, n: f"{v} {word}"} for n, v in reversed(tool.example.items()) if word)
    return next((each for each in longer if not out_of_scope(tool, each)), tool.example)


def ruled(tool: Tool) -> bool:
    """Whether the declaration has a rule for a tool: of its arguments, of how many calls, or of their order."""
    return bool(tool.scope) or tool.most is not None or bool(tool.not_after)


def breaking(tools: Mapping[str, Tool], calls: Iterable[ToolCall]) -> Iterator[tuple[ToolCall, str]]:
    """Yield the calls of one task, in their order, that break a rule, each with the rule in words."""
    made: Counter[str] = Counter()
    for call in calls:
        tool = tools.get(call.tool)
        made[call.tool] += 1
        if tool is None:
            continue
        if outside(tool, call):
            yield call, f"{call.tool} with {call.arguments}, out of its scope"
        elif tool.most is not None and made[call.tool] > tool.most:
            yield call, f"{call.tool}, call {made[call.tool]} of one task, which may make {tool.most}"
        elif before := [name for name in tool.not_after if made[name]]:
            yield call, f"{call.tool} after {before[0]}"


def outside(tool: Tool, call: ToolCall) -> bool:
    """Whether a call is out of its tool's scope, if there is one; arguments that cannot be read whole are."""
    if not tool.scope:
        return False
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return True
    return not isinstance(arguments, dict) or bool(out_of_scope(tool, arguments))


def served(tools: Iterable[Tool]) -> list[Tool]:
    """Return the tools that a tool server offers: calls of those that run within the app are not seen there."""
    return [t for t in tools if t.directory is None and not t.hosts and t.runs is None]
