"""What tools can do. A tool that nobody classified counts as able to do anything."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, promised, shown, tools
from gonogo.derive.factset import FactSet
from gonogo.facts.declaration import Tool

SENSITIVE = frozenset({"delete", "financial", "external-communication", "data-export"})
HARMFUL = frozenset({"delete", "payment", "message"})
FILES = frozenset({"filesystem", "shell", "delete"})
OUTBOUND = frozenset({"network", "shell", "payment", "message"})
LONG_TASK_S = 60


def sensitive_tools(facts: FactSet) -> Answer:
    """A tool deletes, pays, messages outsiders, exports data, or is unclassified."""
    declared = _declared(facts)
    if any(not tool.sensitivity or SENSITIVE & set(tool.sensitivity) for tool in declared):
        return True
    if any(HARMFUL & set(tool.effects) for tool in tools(facts)) or _unlisted(facts):
        return True
    return False if declared and promised(facts) else None


def file_tools(facts: FactSet) -> Answer:
    """A tool takes a path or touches files."""
    return _by_effect(facts, FILES)


def network_tools(facts: FactSet) -> Answer:
    """A tool can open connections to the outside."""
    outward = {"external-communication", "financial", "data-export"}
    if any(outward & set(tool.sensitivity) for tool in _declared(facts)):
        return True
    return _by_effect(facts, OUTBOUND)


def code_tools(facts: FactSet) -> Answer:
    """A tool runs commands or code; False where every tool is declared and classified as something else."""
    declared = _declared(facts)
    if any("code-execution" in tool.sensitivity for tool in declared):
        return True
    if any("shell" in tool.effects for tool in tools(facts)):
        return True
    classified = declared and all(tool.sensitivity for tool in declared) and not _unlisted(facts)
    return False if classified and promised(facts) else None


def long_tasks(facts: FactSet) -> Answer:
    """A task may take longer than a minute, by the declared deadlines."""
    real = promised(facts)
    return None if real is None or not real.journeys else any(j.deadline_s > LONG_TASK_S for j in real.journeys)


def _declared(facts: FactSet) -> tuple[Tool, ...]:
    return facts.system.tools if facts.system else ()


def _unlisted(facts: FactSet) -> bool:
    """Say whether reading found a tool that the declaration does not list."""
    names = {tool.name for tool in _declared(facts)} | {tool.server for tool in _declared(facts)}
    return any(tool.name not in names for tool in tools(facts))


def _by_effect(facts: FactSet, effects: frozenset[str]) -> Answer:
    """Judge by what tool bodies were seen to do. What a body calls elsewhere is not seen, so it never shows a false."""
    return shown(any(effects & set(tool.effects) for tool in tools(facts)))
