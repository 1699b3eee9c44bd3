"""From the findings of a control's proofs to one result (DESIGN: one function per proof, the gate alone combines).

`gonogo.catalog.combining` has the rule.

Proofs of one method are one here, in the strictest of their roles: a finding names its method, not its proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from gonogo.catalog.combining import outcome_of, roles
from gonogo.catalog.control import Control, Role
from gonogo.facts import ControlResult, Finding, Method, Outcome, encode
from gonogo.gate.freshness import Aged

_GRAVEST_FIRST: tuple[Outcome, ...] = ("fail", "error", "inconclusive", "pass", "not-collected", "not-applicable")
_RENEW: dict[Method, str] = {
    "scan": "gonogo check",
    "probe": "gonogo check --env NAME",
    "lab": "gonogo lab",
    "load": "gonogo load",
    "drill": "gonogo drill",
    "eval": "gonogo eval",
}
COMMAND = "gonogo "
"""How a fix that is a command of ours begins; any other is an edit, perhaps with a command to run after it."""

_WITHIN = re.compile(r"`(gonogo [^`]+)`")


class ProofState(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one method of one control, as one answer."""

    method: Method
    role: Role
    outcome: Outcome
    aged: tuple[Aged, ...] = ()


def combine(control: Control, aged: Iterable[Aged]) -> ControlResult:
    """Return the control's result; the order of `aged` does not matter."""
    ordered = sorted(aged, key=lambda a: encode(a.finding))
    states = proof_states(control, ordered)
    outcome = outcome_of([(s.role, s.outcome) for s in states])
    telling = _telling(outcome, states)
    return ControlResult(
        control=control.id,
        title=control.title,
        severity=control.severity,
        outcome=outcome,
        summary=_summary(outcome, telling),
        stale=_stale(telling),
        expires=_expires(states) if outcome == "pass" else None,
        close=None if outcome in ("pass", "not-applicable") else _close(control, telling),
        planned=outcome == "not-collected" and _is_planned(telling),
        findings=tuple(a.finding for a in ordered),
    )


def proof_states(control: Control, aged: Sequence[Aged]) -> list[ProofState]:
    """Return one state per method of the control, in catalogue order, then those of methods that it does not name.

    A finding by a method that the control does not name counts as support: it cannot pass the control, but it can fail.
    """
    methods = roles(control)
    for item in aged:
        methods.setdefault(item.finding.method, "support")
    return [_state(method, role, aged) for method, role in methods.items()]


def _state(method: Method, role: Role, aged: Sequence[Aged]) -> ProofState:
    mine = tuple(a for a in aged if a.finding.method == method)
    outcome = _gravest([a.outcome for a in mine])
    return ProofState(method=method, role=role, outcome=outcome, aged=mine)


def _gravest(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the gravest answer; a pass outweighs what is only old or was looked for in vain by the same method."""
    return next((o for o in _GRAVEST_FIRST if o in outcomes), "not-collected")


def _counting(states: Sequence[ProofState]) -> tuple[list[ProofState], list[ProofState]]:
    """Return the required proofs and the alternatives that ask something."""
    asking = [s for s in states if s.outcome != "not-applicable"]
    return [s for s in asking if s.role == "required"], [s for s in asking if s.role == "alternative"]


def _telling(outcome: Outcome, states: Sequence[ProofState]) -> list[ProofState]:
    """Return the proofs that made the outcome: what a reader must see first."""
    if outcome == "fail":
        return [s for s in states if s.outcome == "fail"]
    required, alternatives = _counting(states)
    spared = outcome != "pass" and any(s.outcome == "pass" for s in alternatives)
    told = required if spared else [*required, *alternatives]
    return [s for s in states if s in told and s.outcome == outcome] or [s for s in states if s.outcome == outcome]


def _findings(outcome: Outcome, states: Sequence[ProofState]) -> list[Finding]:
    return [a.finding for s in states for a in s.aged if a.outcome == outcome]


def _summary(outcome: Outcome, telling: Sequence[ProofState]) -> str:
    said = list(dict.fromkeys(f.summary for f in _findings(outcome, telling)))
    if _stale(telling):
        return "the evidence no longer counts"
    if said:
        return "; ".join(said)
    methods = " or ".join(s.method for s in telling)
    return f"no {methods} has looked at it" if methods else "nothing has looked at it"


def _stale(telling: Sequence[ProofState]) -> str | None:
    said = dict.fromkeys(a.stale for s in telling if s.outcome == "not-collected" for a in s.aged if a.stale)
    return "; ".join(said) or None


def _expires(states: Sequence[ProofState]) -> datetime | None:
    """Return when the result ends to hold: the first required proof to expire, or the last of the alternatives."""
    required, alternatives = _counting(states)
    ends = [end for s in required if (end := _end(s)) is not None]
    others = [_end(s) for s in alternatives if s.outcome == "pass"]
    if others and all(end is not None for end in others):
        ends.append(max(end for end in others if end is not None))
    return min(ends, default=None)


def _end(state: ProofState) -> datetime | None:
    """Return when a proof that passes ends to: with its last passing finding."""
    ends = [a.expires for a in state.aged if a.outcome == "pass"]
    return None if None in ends else max((e for e in ends if e is not None), default=None)


def command_in(fix: str) -> str | None:
    """Return the command that a fix is, or that it ends with in backquotes."""
    return fix if fix.startswith(COMMAND) else next(reversed(_WITHIN.findall(fix)), None)


def _close(control: Control, telling: Sequence[ProofState]) -> str | None:
    """Return the command or edit that would close the control: of a proof that is built first, and a command first."""
    built_first = sorted(telling, key=lambda s: bool(s.aged) and all(a.finding.planned for a in s.aged))
    fixes = [fix for state in built_first for fix in _fixes(control, state)]
    commands = [fix for fix in fixes if fix.startswith(COMMAND)]
    return next(iter(commands or fixes), None)


def _is_planned(telling: Sequence[ProofState]) -> bool:
    findings = [a.finding for state in telling for a in state.aged]
    return bool(findings) and all(finding.planned for finding in findings)


def _fixes(control: Control, state: ProofState) -> list[str]:
    """Return what closes one proof: to look, where nobody looked; else what the finding or the catalogue says."""
    own = [a.finding.fix for a in state.aged if a.finding.fix and a.outcome == state.outcome]
    said = [*own, *(p.fix for p in control.proofs(state.method) if p.fix)]
    if state.outcome != "not-collected":
        return said
    again = _RENEW.get(state.method, f"gonogo attest {control.id} --artifact FILE")
    commands = [command for fix in said if (command := command_in(fix))]
    return commands or ([*said] if state.method == "records" else [again])
