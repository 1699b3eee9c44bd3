"""What an agent's metrics say of its runs, by the lab: outcomes and tools as they were, and an alert when they fall."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gonogo.checks.agents import idle, shown
from gonogo.checks.alerts import alerts_of, body_of, no_channel
from gonogo.checks.alerts import shown as alerts
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counters import growth, label, of_counter, unread
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ChannelMessage, Declaration, Evidence, MetricSample, ScenarioRun, ToolCall
from gonogo.facts.declaration import Telemetry

_NAMES = {
    "success": r"succe|done|complet|\bok\b|finish",
    "tool-error": r"tool",
    "timeout": r"time|deadline|expire",
    "loop": r"loop|repeat|cycl",
    "safety-block": r"safe|block|denied|refus|polic|guard|forbid",
}
"""How an app calls these outcomes."""
_SUCCESS = "success"
_OUTCOME = ("outcome", "result", "status", "category", "reason", "state")
_TOOL = ("tool", "tool_name", "tool.name", "gen_ai.tool.name", "gen_ai_tool_name", "function", "name")
_ABOUT = re.compile(r"complet|success|outcome|fail|done|task|run", re.IGNORECASE)
"""What an alert says that is about completion."""


@check(
    "agent-reliability.agent-outcome-metrics",
    by="lab",
    scenario="agent-outcome-metrics",
    needs=(Journey, ToolCall, Declaration, ScenarioRun, MetricSample, ChannelMessage),
    optional=(ToolCall, MetricSample, ChannelMessage),
)
def agent_outcome_metrics_by_lab(
    journeys: list[Journey], calls: list[ToolCall], declared: list[Declaration], runs: list[ScenarioRun],
    samples: list[MetricSample], messages: list[ChannelMessage], limits: Any,
) -> Answer:  # fmt: skip
    """Runs and calls of tools are counted by what came of them, and an alert arrives when completion falls."""
    cases = (_SUCCESS, *limits.categories)
    if strange := [c for c in cases if c not in _NAMES]:
        return inconclusive(f"no run that ends by {strange[0]} is made yet")
    if bad := idle(journeys, runs) or unread(declared, runs, "runs", "tool_calls") or unplayed(runs, *cases):
        return bad
    telemetry = next(d.system.telemetry for d in declared if d.system.telemetry) or Telemetry()
    return (
        _runs(journeys, of_counter(samples, telemetry.runs or ""), cases, limits)
        or _tools(calls, of_counter(samples, telemetry.tool_calls or ""))
        or _alert(journeys, declared, runs, messages, limits)
        or passed(
            f"{counted(len(of(journeys, *cases)), 'run', 'runs')} counted as {', '.join(cases)}, and their calls by "
            "tool; a fall of completion is told",
            shown(of(journeys, *cases)),
        )
    )


def _runs(journeys: list[Journey], samples: list[MetricSample], cases: Sequence[str], limits: Any) -> Answer | None:
    """Say what is wrong with the counter of runs."""
    if bare := [s for s in samples if label(s, _OUTCOME) is None]:
        return failed(
            "the counter of runs does not tell outcomes apart",
            [Evidence(None, None, f"its labels are {', '.join(bare[0].labels) or 'none'}")],
            fix="Give the counter the label `outcome`.",
        )
    moved: dict[str, Counter[str]] = {case: Counter() for case in cases}
    for sample, grew in growth(samples):
        if sample.case in moved:
            moved[sample.case][label(sample, _OUTCOME) or ""] += round(grew)
    told = [Evidence(None, None, f"{case}: {_said(by)}") for case, by in moved.items()]
    made = {case: len(of(journeys, case)) for case in cases}
    right = {case: sum(n for name, n in by.items() if _is(name, case)) for case, by in moved.items()}
    if unknown := [case for case in cases if not right[case]]:
        return failed(f"no run is counted as {' or as '.join(unknown)}", told)
    wrong = sum(max(made[c], moved[c].total()) - min(right[c], made[c]) for c in cases)
    if 100 * wrong > limits.misclassified * sum(made.values()):
        return failed(f"of {sum(made.values())} runs {wrong} are counted as what they were not, or not at all", told)
    names = Counter(name for case, by in moved.items() for name in by if _is(name, case))
    if one := [name for name, times in names.items() if times > 1]:
        several = " and ".join(case for case, by in moved.items() if one[0] in by)
        return failed(f"{several} are counted as one: {one[0]}", told)
    return None


def _tools(calls: list[ToolCall], samples: list[MetricSample]) -> Answer | None:
    """Say what is wrong with the counter of calls, held against what reached the tool server."""
    moved: Counter[tuple[str, str, bool]] = Counter()
    for sample, grew in growth(samples):
        moved[sample.case, label(sample, _TOOL) or "", _is(label(sample, _OUTCOME) or "", _SUCCESS)] += round(grew)
    for case in (_SUCCESS, "tool-error"):
        mine = [c for c in calls if c.case == case]
        for tool in sorted({c.tool for c in mine}):
            well = sum(c.tool == tool and not c.failed and not c.fault for c in mine)
            ill = sum(c.tool == tool for c in mine) - well
            good, bad = moved[case, tool, True], moved[case, tool, False]
            # a call that is tried again may be counted once
            if good != well or bad > ill or bool(bad) != bool(ill):
                return failed(
                    f"{case}: {well} calls of {tool} went well and {ill} failed, and the counter has {good} and {bad}",
                    [Evidence(None, None, f"{tool}: {good} well, {bad} failed")],
                    fix="Count each call of a tool once, with the labels `tool` and `outcome`.",
                )
    return None


def _alert(
    journeys: list[Journey], declared: list[Declaration], runs: list[ScenarioRun], messages: list[ChannelMessage],
    limits: Any,
) -> Answer | None:  # fmt: skip
    """Say what is wrong with the alert on completion."""
    if bad := no_channel(declared) or unplayed(runs, "steady", "fall"):
        return bad
    before, after = (_done(of(journeys, case)) for case in ("steady", "fall"))
    if before - after <= limits.completion_alert:
        return inconclusive(f"completion fell by {before - after:.0f} points only", of(journeys, "fall")[:2])
    about = [m for m in messages if _ABOUT.search(body_of(m))]
    if false := alerts_of(about, "steady"):
        return failed(f"an alert arrives while {before:.0f} % of the runs are done, as ever", alerts(false))
    if not alerts_of(about, "fall"):
        return failed(
            f"completion falls from {before:.0f} % to {after:.0f} %, and no alert arrives", of(journeys, "fall")[:2],
            fix=f"Alert where completion is more than {limits.completion_alert:g} points below the usual.",
        )  # fmt: skip
    return None


def _done(journeys: list[Journey]) -> float:
    """Return how many of a hundred runs gave their user the words of the model."""
    return 100 * sum(j.well_formed and bool(j.markers) for j in journeys) / max(1, len(journeys))


def _is(name: str, outcome: str) -> bool:
    return re.search(_NAMES[outcome], name, re.IGNORECASE) is not None


def _said(by: Counter[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in by.items()) or "nothing was counted"
