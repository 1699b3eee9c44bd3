"""A bounded set of facts, indexed by class: what checks and conditions are given to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from gonogo.facts import Declaration, Fact, Method, Run, System, kind_of

F = TypeVar("F", bound=Fact)


class Derived(Protocol):
    """What a check may ask for besides facts: something made of them, such as a journey."""

    made_of: ClassVar[tuple[type[Fact], ...]]

    @property
    def run(self) -> str:
        """The run that it was seen in."""
        ...

    @property
    def seen_at(self) -> datetime:
        """When it was seen."""
        ...

    @classmethod
    def derive(cls, facts: FactSet) -> Sequence[Any]:
        """Return all that can be made of `facts`."""
        ...


Needed = type[Fact] | type[Derived]
"""A class that a check can ask for."""


def facts_behind(needs: Iterable[Needed]) -> tuple[type[Fact], ...]:
    """Return the classes of facts that `needs` rest on."""
    found: list[type[Fact]] = []
    for cls in needs:
        found += [cls] if issubclass(cls, Fact) else cls.made_of
    return tuple(dict.fromkeys(found))


class FactSet:
    """The facts of one judgement, in the order they were seen."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Index `facts` by class."""
        self._by_class: dict[type[Fact], list[Fact]] = {}
        self._derived: dict[Any, list[Any]] = {}
        for fact in facts:
            self._by_class.setdefault(type(fact), []).append(fact)

    def of(self, cls: type[F]) -> list[F]:
        """Return all facts of exactly this class."""
        return list(self._by_class.get(cls, ()))  # type: ignore[arg-type]

    def needed(self, cls: Needed) -> list[Any]:
        """Return all facts of a class, or what is derived from them."""
        if issubclass(cls, Fact):
            return self.of(cls)
        if cls not in self._derived:
            self._derived[cls] = list(cls.derive(self))
        return self._derived[cls]

    def __iter__(self) -> Iterator[Fact]:
        """Iterate over all facts, class by class."""
        for facts in self._by_class.values():
            yield from facts

    def counts(self) -> dict[str, int]:
        """Return the number of facts by kind, sorted by kind."""
        return dict(sorted(Counter({kind_of(c.__name__): len(v) for c, v in self._by_class.items()}).items()))

    @property
    def declaration(self) -> Declaration | None:
        """The newest declaration, if there is one."""
        found = self.of(Declaration)
        return found[-1] if found else None

    @property
    def system(self) -> System | None:
        """What the team declares, or what was drafted for it."""
        declared = self.declaration
        return declared.system if declared else None

    def ran(self, method: Method) -> list[Run]:
        """Return the runs of collectors of one method."""
        return [r for r in self.of(Run) if r.method == method]
