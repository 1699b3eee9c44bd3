"""Runs of an agent at the same time, by load: none sees anything of another, and each goes as it would alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.loads import told
from gonogo.derive.latency import stages
from gonogo.facts import AgentRun, Evidence, LoadRun

_ALONE, _TOGETHER = "alone", "together"
_POINT = "point the agent's tools at the lab: lab.point in gonogo.yaml, for example {MCP_URL: mcp}"


@check("agent-reliability.agent-concurrency", by="load", scenario="agent-concurrency", needs=(LoadRun, AgentRun))
def agent_concurrency_by_load(loads: list[LoadRun], runs: list[AgentRun], limits: Any) -> Answer:
    """Many runs at once keep their canaries to themselves, are bounded each on its own, and end as runs alone do."""
    played = stages(loads)
    alone, together = ([r for r in runs if r.case == case] for case in (_ALONE, _TOGETHER))
    usual = {r.endless: r for r in alone}
    if len(usual) < 2 or not all(r.answered and r.model_calls for r in alone):
        return inconclusive("alone, too, a run does not end with an answer", _shown(alone))
    if idle := [r for r in alone if not r.tool_calls]:
        return inconclusive("no call of a tool reached the lab's tool server", _shown(idle), fix=_POINT)
    at_once = played[_TOGETHER].concurrent if _TOGETHER in played else 0
    if at_once < limits.concurrent:
        return inconclusive(f"{at_once} runs were under way at once, and {limits.concurrent:g} are asked for")
    shown = [(load, told(stage)) for stage in played.values() for load in stage.runs[:1]]
    leaks = [(r, what) for r in runs for what in r.foreign]
    if len(leaks) > limits.cross_leaks:
        concerned = {r.name for r, _ in leaks}
        return failed(
            f"in {counted(concerned, 'run', 'runs')} of {len(runs)} something of another run shows up",
            [Evidence(None, None, f"{r.name}: the canary of {what}") for r, what in leaks[:5]],
        )
    lost = [r for r in together if not r.answered]
    if lost:
        return failed(
            f"{counted(lost, 'run does', 'runs do')} not end with an answer among {len(together)} at once, and alone "
            "each does",
            [*_shown(lost[:3]), *(Evidence(None, None, said) for _, said in shown)],
        )
    cut = [r for r in together if r.endless and r.tool_calls < usual[True].tool_calls]
    other = [r for r in together if r not in cut and r.tool_calls != usual[r.endless].tool_calls]
    if other:
        bounds = "where its bounds end it" if other[0].endless else "where the model ends it"
        return failed(
            f"among others a run makes {other[0].tool_calls} calls of tools, and alone "
            f"{usual[other[0].endless].tool_calls}, {bounds}",
            _shown(other[:5]),
        )
    if cut:
        return inconclusive(
            f"among others {counted(cut, 'run', 'runs')} ended before the bound of calls that ends a run alone, as one "
            "of time may do",
            _shown(cut[:5]),
            fix="run it where the app has a processor for itself",
        )
    return passed(
        f"{counted(together, 'run', 'runs')} at once: no canary in another run, each bounded at "
        f"{counted(usual[True].tool_calls, 'call', 'calls')} as alone, and each answered",
        shown,
    )


def _shown(runs: Sequence[AgentRun]) -> list[Evidence]:
    return [
        Evidence(
            None, None,
            f"{r.name}: {counted(r.model_calls, 'model call', 'model calls')}, "
            f"{counted(r.tool_calls, 'tool call', 'tool calls')}, {'answered' if r.answered else 'no answer'}",
        )
        for r in runs
    ]  # fmt: skip
