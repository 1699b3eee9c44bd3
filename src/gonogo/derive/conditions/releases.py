"""What this release changes, and whether anything came before it."""

from __future__ import annotations

from gonogo.derive.conditions.seen import Answer, promised, shown, trait
from gonogo.derive.factset import FactSet


def serves_production(facts: FactSet) -> Answer:
    """An earlier version is in production; the declaration says whether this is the first release."""
    real = promised(facts)
    first = real.deployment.first_release if real and real.deployment else None
    return None if first is None else not first


def earlier_version(facts: FactSet) -> Answer:
    """There is an earlier version to compare with."""
    return serves_production(facts)


def earlier_release(facts: FactSet) -> Answer:
    """There is an earlier release in production."""
    return serves_production(facts)


def model_changes(facts: FactSet) -> Answer:
    """The release changes the model; a first release has none to change."""
    return False if serves_production(facts) is False else None


def model_replaces(facts: FactSet) -> Answer:
    """A new model version replaces one in production."""
    return shown(trait(facts, "model_changes")) if model_changes(facts) is None else False


def model_or_prompt_changes(facts: FactSet) -> Answer:
    """The release changes the model or a prompt."""
    return shown(trait(facts, "model_changes")) if model_changes(facts) is None else False


def trains_model(facts: FactSet) -> Answer:
    """The team trains or fine-tunes the model."""
    system = facts.system
    return shown(system and any(dataset.purpose == "training" for dataset in system.datasets))


def labelled_data(facts: FactSet) -> Answer:
    """There is labelled data for the task."""
    system = facts.system
    return shown(system and any(dataset.purpose in ("evaluation", "holdout") for dataset in system.datasets))
