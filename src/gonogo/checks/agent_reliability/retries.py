"""Agent reliability, by the lab: how often a failing tool was tried again, and whether an effect could come twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gonogo.checks.agents import done, idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, seconds
from gonogo.derive.journeys import Journey, gaps, growing
from gonogo.facts import ScenarioRun, ToolCall

_PASSING = ("once", "twice")


@check("agent-reliability.tool-retries", by="lab", scenario="tool-retries", needs=(Journey, ToolCall, ScenarioRun))
def tool_retries_by_lab(journeys: list[Journey], calls: list[ToolCall], runs: list[ScenarioRun], limits: Any) -> Answer:
    """Passing errors are tried again with growing gaps, lasting ones are not, and an effect comes once."""
    if bad := idle(journeys, runs, *_PASSING, "for-good", "permanent", "effects"):
        return bad
    tried = {case: [c for c in calls if c.case == case] for case in (*_PASSING, "for-good", "permanent", "effects")}
    if silent := [case for case, made in tried.items() if not made and case != "effects"]:
        return inconclusive(f"{', '.join(silent)}: no call reached the tool server", shown(of(journeys, *silent)))
    for case in _PASSING:
        if all(c.fault for c in tried[case]):
            return failed(
                f"a tool that fails {case} fails the task, after {counted(tried[case], 'attempt', 'attempts')}",
                shown(of(journeys, case)),
            )
    most = limits.max_retries + 1
    many = [case for case in (*_PASSING, "for-good") if len(tried[case]) > most]
    if many:
        return failed(f"a failing tool is called {len(tried[many[0]])} times", shown(of(journeys, *many)))
    waits = gaps(tried["for-good"])
    if len(waits) > 1 and not growing(waits, limits.backoff):
        return failed(f"the gaps between attempts do not grow: {seconds(waits)}", shown(of(journeys, "for-good")))
    if len(tried["permanent"]) > 1:
        return failed(f"an error that stays is tried {len(tried['permanent'])} times", shown(of(journeys, "permanent")))
    doubled = _doubled(tried["effects"])
    if len(doubled) > limits.double_effects:
        return failed(
            "a tool with effects was called again without the key of its first call",
            [(j, done(j)) for j in journeys if j.case == "effects" and j.tools],
        )
    return passed(
        f"passing errors were tried again, at most {counted(max(map(len, tried.values())), 'attempt', 'attempts')}, "
        f"a lasting one was not; {counted({c.tool for c in tried['effects']}, 'effect', 'effects')} came once",
        shown(of(journeys, *_PASSING, "for-good", "permanent")),
    )


def _doubled(calls: list[ToolCall]) -> list[str]:
    """Return the tools whose effect may have come twice: a call without a key, or with another, may act each time."""
    keys = Counter(tool for tool, _ in {(c.tool, c.idempotency_key or str(c.order)) for c in calls})
    return [tool for tool, times in keys.items() if times > 1]
