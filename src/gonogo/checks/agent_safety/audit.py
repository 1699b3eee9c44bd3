"""Agent safety, by the lab: the app's audit records held against what the tool servers themselves saw."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from gonogo.checks.agents import idle, shown
from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of
from gonogo.checks.records import USER, Record, records, tells
from gonogo.derive.approvals import sensitive, shows
from gonogo.derive.flows import SENSITIVE, receiving
from gonogo.derive.journeys import Journey
from gonogo.facts import AppLog, Declaration, Measure, ScenarioRun, System, ToolCall

_DECLARE = "lab: {audit: FILE, audit_verify: [COMMAND], audit_reveal: [COMMAND]} in gonogo.yaml"
_CALLED = ("calls", "failed", "parallel", "killed")
_RESULT = 60
"""Characters of a result by which it is known again in a record, which may cut it."""
_LATE_S = 0.5
"""How much longer a call may take for the app than for its server."""
_DURATION = {
    "duration_ms": 0.001, "elapsed_ms": 0.001, "latency_ms": 0.001, "took_ms": 0.001,
    "duration_s": 1.0, "elapsed_s": 1.0, "seconds": 1.0, "duration": 1.0,
}  # fmt: skip
"""Names of a duration, each with its unit in seconds."""


@check(
    "agent-safety.tool-audit",
    by="lab",
    scenario="tool-audit",
    needs=(Declaration, Journey, ToolCall, AppLog, Measure, ScenarioRun),
    optional=(ToolCall, AppLog, Measure),
)
def tool_audit_by_lab(
    declarations: list[Declaration], journeys: list[Journey], calls: list[ToolCall], lines: list[AppLog],
    measures: list[Measure], runs: list[ScenarioRun], limits: Any,
) -> Answer:  # fmt: skip
    """Each call has its whole record, whatever became of it; the chain verifies, and sensitive values are masked."""
    system = declarations[-1].system
    glob = system.lab.audit if system.lab else None
    if bad := idle(journeys, runs, *_CALLED):
        return bad
    if not glob:
        return inconclusive("it is not declared where calls of tools are kept", fix=_DECLARE)
    kept = [line for line in lines if fnmatchcase(line.stream, glob)]
    found = [record for _, record in records([*kept, *(x for x in lines if x.stream == "revealed")])]
    made = [c for c in calls if c.case in _CALLED]
    if empty := [case for case in _CALLED if not any(c.case == case for c in made)]:
        return inconclusive(f"{', '.join(empty)}: no call reached the tool server", shown(of(journeys, *empty)))
    refused = [(j, u) for j in of(journeys, "refused") for c in j.calls for u in c.tool_uses]
    gaps = [(c, f"{c.case}: {c.tool}: {gap}") for c in made if (gap := _gap(c, system, found))]
    lost = [
        (j, f"refused: {u.name} has no record") for j, u in refused if not _about(found, j.exchange.journey, u.name)
    ]
    total = len(made) + len(refused)
    if (total - len(gaps) - len(lost)) * 100 < limits.coverage * total:
        return failed(f"{counted(gaps + lost, 'call has', 'calls have')} no whole record", [*gaps, *lost])
    return (
        _unmasked(system, kept, lines)
        or _unchained(measures)
        or passed(
            f"{counted(total, 'call', 'calls')} on record whole, with user and approval, one of them "
            "during a crash; the chain verifies, and an altered record does not",
            shown(of(journeys, *_CALLED)),
        )
    )


def _about(found: Iterable[Record], trace: str | None, tool: str) -> list[Record]:
    """Return the records of a trace that name a tool, before and after the call."""
    return [r for r in found if trace and trace in (text := json.dumps(r)) and json.dumps(tool) in text]


def _gap(call: ToolCall, system: System, found: Sequence[Record]) -> str:
    """Say what the records of a call do not tell; nothing where they tell it all."""
    mine = _about(found, call.trace, call.tool)
    if not mine:
        return "no record"
    held = call.tool in {t.name for t in sensitive(system.tools)}
    if not any(shows(r, call.arguments) for r in mine):
        return "its arguments are not on record"
    if not any(tells(r, USER) for r in mine):
        return "no user"
    if held and not any(value for r in mine for name, value in r.items() if "approv" in name.lower()):
        return "no approval"
    if call.case == "killed":
        return ""
    text = json.dumps(mine, ensure_ascii=False)
    if call.result and json.dumps(call.result[:_RESULT], ensure_ascii=False)[1:-1] not in text:
        return "its result is not on record"
    took = call.ended_s or 0.0
    lasted = [r[name] * unit for r in mine for name, unit in _DURATION.items() if isinstance(r.get(name), int | float)]
    if not any(took - 0.01 <= each <= took + _LATE_S for each in lasted):
        return f"its duration of {took:.3f} s is not on record"
    return ""


def _unmasked(system: System, kept: list[AppLog], lines: list[AppLog]) -> Answer | None:
    """Say that a sensitive value can be read in the log, or cannot be had by an auditor."""
    if not receiving(system.tools):
        return None
    plain = [line for line in kept if any(m.canary == SENSITIVE for m in line.matches)]
    if plain:
        return failed("a sensitive value stands in the audit log as it is", [(x, x.text[:300]) for x in plain])
    revealed = [line for line in lines if line.stream == "revealed"]
    if not revealed:
        return inconclusive("it is not declared how an auditor reads masked values", fix=_DECLARE)
    if not any(m.canary == SENSITIVE for line in revealed for m in line.matches):
        return failed("an auditor cannot read what is masked", [(x, x.text[:300]) for x in revealed[-2:]])
    return None


def _unchained(measures: list[Measure]) -> Answer | None:
    """Say that the log does not verify, or verifies though a record was altered."""
    ended = {m.case: m for m in measures if m.name == "verify"}
    if "live" not in ended or "altered" not in ended:
        return inconclusive("it is not declared how the audit log is verified", fix=_DECLARE)
    if ended["live"].value:
        return failed("the audit log does not verify as it is", [(ended["live"], ended["live"].text)])
    if not ended["altered"].value:
        return failed("a record that was altered goes unnoticed", [(ended["altered"], ended["altered"].text)])
    return None
