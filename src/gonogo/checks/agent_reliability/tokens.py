"""What an agent's turns cost, by the lab: its own record of each turn, held against what the provider counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.checks.agents import done, idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of
from gonogo.checks.records import USER, Record, records
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Evidence, ModelCall, ScenarioRun

_IN = ("input_tokens", "prompt_tokens", "gen_ai.usage.input_tokens")
_OUT = ("output_tokens", "completion_tokens", "gen_ai.usage.output_tokens")
_COST = ("usd", "cost", "cost_usd", "price", "total_cost")
_FEATURE = ("feature", "feature_id", "use_case", "route", "operation")
_TURN = ("turn", "step", "iteration", "span_id")
_USUAL = "Write a JSON line per turn: trace, turn, model, input_tokens, output_tokens, usd, user, feature."


@check("agent-reliability.turn-token-usage", by="lab", scenario="turn-token-usage",
       needs=(Declaration, Journey, ScenarioRun, AppLog), optional=(AppLog,))  # fmt: skip
def turn_token_usage_by_lab(
    declared: list[Declaration], journeys: list[Journey], runs: list[ScenarioRun], lines: list[AppLog], limits: Any
) -> Answer:
    """Each model turn has a record of its trace with the provider's own counts, a cost, a user and a feature."""
    if bad := idle(journeys, runs, "four-turns"):
        return bad
    tasks = [(j, [c for c in j.calls if c.operation == "chat" and c.input_tokens]) for j in of(journeys, "four-turns")]
    if not any(len(calls) > 1 for _, calls in tasks):
        return inconclusive("no task took more than one turn", shown(j for j, _ in tasks))
    kept = [
        (line.text, r) for line, r in records(lines) if _number(r, _IN) is not None and _number(r, _OUT) is not None
    ]
    turns = {j.exchange.journey: [r for t, r in kept if j.exchange.journey in t and _said(r, _TURN)] for j, _ in tasks}
    calls = [c for _, each in tasks for c in each]
    matched = sum(_matched(turns[j.exchange.journey], each, limits.error) for j, each in tasks)
    if 100.0 * matched / len(calls) < limits.coverage:
        return failed(
            f"of {counted(calls, 'model turn', 'model turns')} {matched} are on record with the provider's counts",
            [(j, f"{_counts(each)}; recorded {_recorded(turns[j.exchange.journey])}") for j, each in tasks], fix=_USUAL,
        )  # fmt: skip
    of_all = [r for each in turns.values() for r in each]
    lacking = [
        what for what, names in (("cost", _COST), ("user", USER), ("feature", _FEATURE))
        if any(not _said(r, names) for r in of_all)
    ]  # fmt: skip
    if lacking:
        return failed(
            f"records of turns do not tell {', '.join(lacking)}", [Evidence(None, None, str(of_all[0])[:200])]
        )
    features = {j.name: j.feature for d in declared for j in d.system.journeys if j.feature}
    strange = [
        (j, f"feature {features[j.exchange.name]}; {done(j)}") for j, _ in tasks
        if j.exchange.name in features
        and any(features[j.exchange.name] not in _values(r, _FEATURE) for r in turns[j.exchange.journey])
    ]  # fmt: skip
    if strange:
        return failed("turns are on record under another feature", strange)
    whole = [
        (j, _sum(turns[j.exchange.journey]), sum(c.input_tokens + c.output_tokens for c in each)) for j, each in tasks
    ]
    return passed(
        f"{counted(calls, 'turn', 'turns')} on record with the provider's counts, cost, user and feature",
        [(j, f"{said} tokens on record, {served} served; {done(j)}") for j, said, served in whole],
    )


def _said(record: Record, names: Sequence[str]) -> bool:
    return bool(_values(record, names))


def _values(record: Record, names: Sequence[str]) -> list[str]:
    return [str(record[n]) for n in names if record.get(n) not in (None, "")]


def _number(record: Record, names: Sequence[str]) -> float | None:
    """Return the first number by one of these names, in the record or in the `usage` within it."""
    usage = record.get("usage")
    for holder in (record, usage if isinstance(usage, dict) else {}):
        for name in names:
            if isinstance(value := holder.get(name), int | float) and not isinstance(value, bool):
                return float(value)
    return None


def _matched(turns: Sequence[Record], calls: Sequence[ModelCall], error: float) -> int:
    """Count the calls that a record of the trace tells of, each record for one call alone, in any order."""
    left, found = list(turns), 0
    for call in calls:
        near = next((r for r in left if _near(r, call, error)), None)
        if near is not None:
            left.remove(near)
            found += 1
    return found if not left else 0


def _near(record: Record, call: ModelCall, error: float) -> bool:
    served = ((_IN, call.input_tokens), (_OUT, call.output_tokens))
    return all(abs((_number(record, names) or 0) - n) * 100 <= error * n for names, n in served)


def _counts(calls: Sequence[ModelCall]) -> str:
    return "served " + ", ".join(f"{c.input_tokens}+{c.output_tokens}" for c in calls)


def _recorded(turns: Sequence[Record]) -> str:
    return ", ".join(f"{_number(r, _IN):g}+{_number(r, _OUT):g}" for r in turns) or "nothing of this trace"


def _sum(turns: Sequence[Record]) -> int:
    return int(sum((_number(r, _IN) or 0) + (_number(r, _OUT) or 0) for r in turns))
