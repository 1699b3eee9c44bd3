"""Reading what an agent did with its tools, as far as their server and the model saw it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gonogo.checks.check import Answer, inconclusive
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, ModelCall, ScenarioRun, ToolCall

_POINT = "point the agent's tools at the lab: lab.point in gonogo.yaml, for example {MCP_URL: mcp}"


def idle(journeys: Sequence[Journey], runs: Sequence[ScenarioRun], *cases: str) -> Answer | None:
    """Say that nothing can be told of tools: no healthy journey, a case that was cut, a tool call that never came."""
    if bad := unhealthy(journeys):
        return bad
    if cut := unplayed(runs, *cases):
        return cut
    healthy = of(journeys, "healthy")
    if not any(j.tools for j in healthy):
        offered = any(c.tools for j in healthy for c in j.calls)
        said = "the model asked for a tool, and no call of it" if offered else "the model was offered no tool, and none"
        return inconclusive(f"{said} reached the lab's tool server", [(j, told(j)) for j in healthy], fix=_POINT)
    return None


def done(journey: Journey) -> str:
    """Say in a few words what the agent did in a journey, and what the user got."""
    return f"{journey.case}: {len(journey.tools)} tool calls, {len(journey.calls)} model calls, {told(journey)}"


def asked_after(journey: Journey, call: ToolCall) -> ModelCall | None:
    """Return the first model call that came after a tool call."""
    later = [c for c in journey.calls if c.started_s > call.started_s]
    return min(later, key=lambda c: c.started_s, default=None)


def shown(journeys: Iterable[Journey]) -> list[tuple[Journey, str]]:
    """Return journeys as evidence."""
    return [(j, done(j)) for j in journeys]


def told_as(words: re.Pattern[str], journey: Journey, logs: Iterable[AppLog]) -> bool:
    """Whether the user, or a line of the app's log in the same case, is told in such words how a run ended."""
    if words.search(journey.exchange.body):
        return True
    return any(line.case == journey.case and words.search(line.text) for line in logs)
