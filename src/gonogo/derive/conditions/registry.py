"""All evaluators by name. Each asks the trait of its own name first; most know further facts that tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType, ModuleType

from gonogo.derive.conditions import agents, answers, people, places, releases, retrieval, spending
from gonogo.derive.conditions.seen import Answer, either, trait
from gonogo.derive.factset import FactSet

Evaluator = Callable[[FactSet], Answer]

TRAITS_ONLY = (
    "citations",
    "computes_features",
    "early_feedback",
    "interruptible_work",
    "labels_arrive",
    "library_differs",
    "migrations",
    "model_tiers",
    "program_consumes_output",
    "query_rewriting",
    "recurring_queries",
    "recurring_requests",
    "rendered_output",
    "results_shown",
    "several_regions",
    "steady_on_demand",
    "structured_output",
    "sub_queries",
)
"""Conditions that nothing but a collector's own `Trait` of that name decides so far."""


def _rules(*modules: ModuleType) -> Iterator[tuple[str, Evaluator]]:
    for module in modules:
        for name, value in vars(module).items():
            mine = callable(value) and getattr(value, "__module__", "") == module.__name__
            if mine and not name.startswith("_") and name != "platform":
                yield name, value


def _with_trait(name: str, rule: Evaluator | None) -> Evaluator:
    def evaluator(facts: FactSet) -> Answer:
        return either(trait(facts, name), rule(facts) if rule else None)

    evaluator.__name__ = name
    evaluator.__doc__ = rule.__doc__ if rule else f"A collector saw the trait `{name}`."
    return evaluator


_RULES = dict(_rules(people, spending, places, releases, agents, retrieval, answers))

EVALUATORS = MappingProxyType({name: _with_trait(name, _RULES.get(name)) for name in sorted({*_RULES, *TRAITS_ONLY})})
"""Each evaluator under the name that `applies_when.evaluator` gives it."""
