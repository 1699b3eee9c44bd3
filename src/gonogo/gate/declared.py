"""Controls that the law in force says do not apply. The reason is shown beside the findings, which stay as they are."""

from __future__ import annotations

import msgspec

from gonogo.catalog.control import Control
from gonogo.facts import ControlResult
from gonogo.facts.law import Law
from gonogo.gate.safeguards import GATE_RULES, is_protected

REASON_CHARS = 20
"""The shortest reason that a declaration may have."""


def reasons(law: Law | None) -> dict[str, str]:
    """Return what the law declares not applicable, with the reason, by control."""
    system = law.system if law else None
    return {entry.control: entry.reason for entry in system.not_applicable} if system else {}


def refused(control: Control, reason: str) -> str | None:
    """Say why a declaration cannot count, or return None."""
    if control.id in GATE_RULES:
        return "it is a rule of the gate itself"
    if is_protected(control):
        return "the safeguard is non-negotiable: only a condition that is shown to be false takes it away"
    if len(" ".join(reason.split())) < REASON_CHARS:
        return f"the reason is shorter than {REASON_CHARS} characters"
    return None


def apply(control: Control, result: ControlResult, reason: str | None) -> tuple[ControlResult, str | None]:
    """Return the result under the law's declaration, and a sentence where that was refused."""
    if reason is None or result.outcome == "not-applicable":
        return result, None
    refusal = refused(control, reason)
    if refusal:
        return result, f"{control.id} is declared not applicable, and that is refused: {refusal}"
    return (
        msgspec.structs.replace(
            result,
            outcome="not-applicable",
            summary=f"declared not applicable: {reason}",
            declared=reason,
            stale=None,
            expires=None,
            close=None,
        ),
        None,
    )
