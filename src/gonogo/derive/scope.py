"""The scope of a tool's arguments: which calls the declaration allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from gonogo.facts.declaration import Tool


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
