"""When a control applies: each condition of the catalogue, decided from facts.

An evaluator answers True, False, or None where the facts cannot tell; None counts as true, so that only a shown false
takes a control away.
"""

from __future__ import annotations

from gonogo.derive.conditions.registry import EVALUATORS
from gonogo.derive.factset import FactSet


def evaluate(name: str, facts: FactSet) -> bool | None:
    """Return what the facts say about the condition `name`; raises KeyError for a name that does not exist."""
    return EVALUATORS[name](facts)


__all__ = ["EVALUATORS", "evaluate"]
