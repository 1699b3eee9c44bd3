"""The tools that gonogo.yaml declares, as the tool server of the lab offers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gonogo.derive.approvals import sensitive
from gonogo.derive.scope import served
from gonogo.facts import System
from gonogo.facts.declaration import Tool
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Answer, ToolScript
from gonogo.prove.lab.standins.tools import CANARY_TOOLS


def offered(system: System, *more: ToolScript) -> tuple[ToolScript, ...]:
    """Return the built-in tools, `more`, and the declared ones that are not among them."""
    known = {t.name for t in CANARY_TOOLS}
    own = (
        ToolScript(name=t.name, description=f"{t.name}, as declared.", schema=_schema(t.example))
        for t in served(system.tools)
        if t.name not in known
    )
    return (*CANARY_TOOLS, *more, *own)


def progressing(system: System) -> tuple[ToolScript, ...]:
    """Return the same tools with results that differ from call to call, as those of a task that gets on."""
    return tuple(replace(tool, result="Done: {arguments}") for tool in offered(system))


def acting(system: System) -> Tool | None:
    """Return a declared tool that acts and that nobody has to approve, or one that reads; None without an example."""
    held = {t.name for t in sensitive(system.tools)} | {t.name for t in system.tools if t.approval}
    free = [t for t in served(system.tools) if t.example and t.name not in held]
    return next((t for t in free if "write" in t.sensitivity), free[0] if free else None)


def calling(room: Room, tool: Tool, arguments: Mapping[str, str], **how: Any) -> Answer:
    """Return the answer of a model that calls a tool; its arguments stay readable in facts, so that they are compared.

    `how` are further fields of the answer.
    """
    room.planted |= {f"{tool.name}.{n}.{v}": v for n, v in arguments.items()}
    return Answer(tool=tool.name, arguments=dict(arguments), **how)


def _schema(example: dict[str, str]) -> dict[str, Any]:
    return {"type": "object", "properties": {n: {"type": "string"} for n in example}, "required": list(example)}
