"""What of gonogo.yaml a person's statement has to cover, by name: its parts, the flows of its users, its models, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gonogo.facts import System
from gonogo.facts.declaration import Person

Names = Callable[[System], tuple[str, ...]]
"""Names that stand in gonogo.yaml."""


def components(system: System) -> tuple[str, ...]:
    """Return what somebody runs for the system: providers, stores, indexes outside of them, dependencies, endpoints."""
    stores = [store.name for store in system.data_stores]
    indexes = [index.store or index.name for index in system.indexes]
    rest = [*(d.name for d in system.dependencies), *(p.name for p in system.predictions)]
    return _once([*(p.name for p in system.providers), *stores, *indexes, *rest])


def flows(system: System) -> tuple[str, ...]:
    """Return what users do with the system."""
    return _once(journey.name for journey in system.journeys)


def models(system: System) -> tuple[str, ...]:
    """Return the exact versions of models in use."""
    return _once(model for provider in system.providers for model in provider.models)


def regimes(system: System) -> tuple[str, ...]:
    """Return the compliance regimes that apply."""
    return _once(system.regimes)


def vector_stores(system: System) -> tuple[str, ...]:
    """Return the stores that vector search asks."""
    return _once(index.store or index.name for index in system.indexes if index.vector)


def billed(system: System) -> tuple[str, ...]:
    """Return the providers that bill per use."""
    return _once(provider.name for provider in system.providers if provider.bills_per_use)


def people(system: System) -> tuple[Person, ...]:
    """Return everybody whom gonogo.yaml names."""
    return (*system.owners, *system.approvers, *system.rota, *system.contacts)


def holders(system: System, role: str) -> tuple[str, ...]:
    """Return the names of the people with a role."""
    return _once(person.name for person in people(system) if role in person.roles)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
