"""Whether a control concerns a system at all."""

from __future__ import annotations

from gonogo.catalog import Control
from gonogo.derive.conditions import evaluate
from gonogo.derive.factset import FactSet


def outside(control: Control, facts: FactSet) -> str | None:
    """Say why the control does not apply, or None where it does or that cannot be told.

    The kinds count as soon as somebody declared them; a draft's are a guess.
    """
    system = facts.system
    declared = facts.declaration
    if system and system.kinds and declared and not declared.drafted and not set(system.kinds) & set(control.kinds):
        return f"it concerns {', '.join(control.kinds)}; this system is declared as {', '.join(system.kinds)}"
    if control.applies_when and evaluate(control.applies_when.evaluator, facts) is False:
        return f"it applies when {control.applies_when.text}, and that was shown not to be so"
    return None
