"""What nobody may declare away or waive: the non-negotiable safeguards and the gate's own rules."""

from __future__ import annotations

from gonogo.catalog.control import Control

GATE_RULES = frozenset(
    {
        "decision.critical-all-pass",
        "decision.non-negotiable",
        "decision.second-person",
        "decision.waivers-justified",
        "decision.rerun-on-change",
    }
)
"""The controls that the gate itself evaluates, last. A finding from elsewhere never answers for their records proof."""

_AREAS = frozenset({"access", "security-input", "security-output"})


def is_non_negotiable(control: Control) -> bool:
    """Tell whether a control is a declared safeguard: marked so, or critical and about access, secrets, encryption, or
    the safety of input and output (secrets and encryption are in the area `access`)."""
    return control.non_negotiable or (control.severity == "critical" and control.area in _AREAS)


def is_protected(control: Control) -> bool:
    """Tell whether a control can be neither waived nor declared away."""
    return control.id in GATE_RULES or is_non_negotiable(control)
