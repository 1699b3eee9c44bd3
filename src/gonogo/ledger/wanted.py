"""Which facts a reader asks for, as each storage form can leave the others out early."""

from __future__ import annotations

from collections.abc import Collection

from gonogo.facts import Fact, encode, kind_of
from gonogo.ledger.columns import quoted


class Wanted:
    """Facts of some kinds and of some runs; an empty collection asks for all."""

    def __init__(self, kinds: Collection[str] = (), runs: Collection[str] = ()) -> None:
        """Ask for facts whose kind is in `kinds` and whose run is in `runs`."""
        self.kinds, self.runs = frozenset(kinds), frozenset(runs)
        named = ((b"kind", sorted(self.kinds)), (b"run", sorted(self.runs)))
        self._marks = [[b'"%b":%b' % (key, encode(value)) for value in values] for key, values in named if values]

    def may_hold(self, line: bytes) -> bool:
        """Tell whether an encoded line may hold such a fact. Text of another fact may look alike: `holds` decides."""
        return all(any(mark in line for mark in marks) for marks in self._marks)

    def holds(self, fact: Fact) -> bool:
        """Tell whether `fact` is one of those asked for."""
        return (not self.kinds or kind_of(type(fact).__name__) in self.kinds) and (
            not self.runs or fact.run in self.runs
        )

    @property
    def where(self) -> str:
        """The SQL condition over the columns of a sealed segment, with its WHERE; empty where all is asked for."""
        named = (("kind", sorted(self.kinds)), ("run", sorted(self.runs)))
        asked = [f"{column} IN ({', '.join(map(quoted, values))})" for column, values in named if values]
        return f" WHERE {' AND '.join(asked)}" if asked else ""


ALL = Wanted()
