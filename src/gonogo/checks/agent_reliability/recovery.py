"""Tasks that the end of the process cuts off, by the lab: they end all the same, and no step acts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from gonogo.checks.agents import idle
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted, share
from gonogo.checks.journeys import model_behind, told
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, ModelCall, ScenarioRun, ToolCall
from gonogo.facts.traffic import Traffic

_WHOLE = "whole"
_DECLARE = (
    "lab: {recovery: {journey: NAME, header: Idempotency-Key}} in gonogo.yaml, and an example for a tool that acts"
)


@check("agent-reliability.checkpoint-recovery", by="lab", scenario="checkpoint-recovery",
       needs=(Journey, ModelCall, ToolCall, ScenarioRun), optional=(ToolCall,))  # fmt: skip
def checkpoint_recovery_by_lab(
    journeys: list[Journey], calls: list[ModelCall], tools: list[ToolCall], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Killed at any step, a task ends with all its effects, each once, and little is done again."""
    if bad := idle(journeys, runs):
        return bad
    if cut := runs[-1].cut.get(_WHOLE):
        return inconclusive(cut, fix=_DECLARE)
    whole = _acts(t for t in tools if t.case == _WHOLE)
    if whole < 2 or not _ended(journeys, calls, _WHOLE):
        return inconclusive(
            f"the task was not done where nothing happened: {counted(whole, 'step', 'steps')}",
            [(j, told(j)) for j in journeys if j.case == _WHOLE],
        )
    killed = [case for case in runs[-1].cases if case.partition(" ")[0] in ("model", "tool")]
    unmet = [case for case in killed if not any(c.fault for c in _of(case, calls, tools))]
    if unmet or not killed:
        return inconclusive(f"{', '.join(unmet) or 'every step'}: the task did not get there")
    lost = [case for case in killed if not _ended(journeys, calls, case)]
    if lost:
        return failed(
            f"{share(lost, killed, 'task')} did not end after the process was killed", _shown(journeys, lost),
            fix="Save each step where it outlives the process, and go on behind the last one.",
        )  # fmt: skip
    acted = {case: _acts(t for t in tools if t.case == case) for case in killed}
    repeated = {case: number - whole for case, number in acted.items() if number > whole}
    if sum(repeated.values()) > limits.repeated_effects:
        times = sum(repeated.values())
        return failed(
            f"after a restart {counted(times, 'effect came', 'effects came')} twice", _shown(journeys, repeated),
            fix="Give each step one idempotency key that outlives the process, and do not repeat finished steps.",
        )  # fmt: skip
    missing = [case for case, number in acted.items() if number < whole]
    if missing:
        return failed(f"{share(missing, killed, 'task')} ended without all of its steps", _shown(journeys, missing))
    again = {case: _again(_of(case, calls, tools)) for case in killed}
    far = [case for case, steps in again.items() if steps > limits.lost_steps]
    if far:
        most = max(again.values())
        return failed(f"{counted(most, 'finished step was', 'finished steps were')} done again", _shown(journeys, far))
    return passed(
        f"killed at each of {len(killed)} calls, the task of {counted(whole, 'step', 'steps')} ended; each effect came "
        f"once, and at most {counted(max(again.values()), 'finished step was', 'finished steps were')} done again",
        _shown(journeys, killed[:1]),
    )


def _of(case: str, calls: Sequence[ModelCall], tools: Sequence[ToolCall]) -> list[Traffic]:
    return [c for c in (*calls, *tools) if c.case == case]


def _ended(journeys: Iterable[Journey], calls: Sequence[ModelCall], case: str) -> bool:
    """Whether the user got the model's answer at last."""
    mine = [j for j in journeys if j.case == case]
    return bool(mine) and mine[-1].well_formed and model_behind(mine[-1], calls) is not None


def _acts(tools: Iterable[ToolCall]) -> int:
    """Count the effects: calls with one key act once, however often they come; one without a key acts each time."""
    return len({(t.tool, t.idempotency_key or t.order) for t in tools})


def _again(seen: Iterable[Traffic]) -> int:
    """Count the steps (a turn of the model, and the call that it asked for) that were finished and done again."""
    turns, calls = Counter[Hashable](), Counter[Hashable]()
    for one in seen:
        if isinstance(one, ModelCall) and not one.fault:
            turns[one.fingerprint] += 1
        elif isinstance(one, ToolCall) and not one.fault:
            calls[one.tool, one.arguments] += 1
    return max(sum(n - 1 for n in counts.values()) for counts in (turns, calls))


def _shown(journeys: Iterable[Journey], cases: Iterable[str]) -> list[Evidence]:
    """Say what the user got in these cases at last."""
    last = {j.case: j for j in journeys}
    return [
        Evidence(f"{j.exchange.method} {j.exchange.url}", None, f"killed at {case}: {told(j)}", j.exchange.journey)
        for case in cases
        if (j := last.get(case))
    ]
