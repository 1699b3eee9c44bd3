"""A bounded set of facts, indexed by class: what checks and conditions are given to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from gonogo.facts import Declaration, Fact, Method, Run, System, kind_of

F = TypeVar("F", bound=Fact)


class FactSet:
    """The facts of one judgement, in the order they were seen."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Index `facts` by class."""
        self._by_class: dict[type[Fact], list[Fact]] = {}
        for fact in facts:
            self._by_class.setdefault(type(fact), []).append(fact)

    def of(self, cls: type[F]) -> list[F]:
        """Return all facts of exactly this class."""
        return list(self._by_class.get(cls, ()))  # type: ignore[arg-type]

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
