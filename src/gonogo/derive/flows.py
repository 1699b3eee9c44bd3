"""Where personal data came from and where it may go, by the ids that the lab gives the values it plants."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.facts.declaration import PersonalData, Tool
from gonogo.facts.traffic import Match

INPUT, RESULT, EXCEPTION = "input:", "result:", "exception:"
"""Beginnings of the ids: what a user said, what a tool returned, and what a tool may receive."""
SENSITIVE = "sensitive"
"""The id of a sensitive value in an audited call."""
HARMLESS = "opening hours of the second office"
"""Words beside the values, which are to arrive."""


def free(tool: Tool) -> list[str]:
    """Return the arguments of a tool's example that take any text: no scope is stated for them."""
    return [name for name in tool.example if name not in (tool.scope or {})]


def carried(matches: Iterable[Match]) -> list[str]:
    """Return the ids of planted values, but for exceptions, that can be read."""
    return sorted({m.canary for m in matches if m.canary and m.canary.startswith((INPUT, RESULT))})


def receiving(tools: Iterable[Tool]) -> list[tuple[Tool, str, PersonalData]]:
    """Return a tool, an argument and a type of personal data for each exception that is declared."""
    return [(t, name, kind) for t in tools for name, kinds in t.receives.items() for kind in kinds]
