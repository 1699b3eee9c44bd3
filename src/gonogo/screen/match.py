"""What a detector found, and where. Pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Placed(Protocol):
    """Whatever has a place in a text: character offsets `start` and `end`."""

    @property
    def start(self) -> int:  # noqa: D102
        ...

    @property
    def end(self) -> int:  # noqa: D102
        ...


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True, slots=True)
class Match:
    """A find in a text: its kind (`email`, `openai-key`, `override`, ...) and its place as character offsets."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around a find: the find itself, and lower-cased text before and after it."""

    text: str
    before: str
    after: str


def overlap(one: Placed, other: Placed) -> bool:
    """Tell whether the two share a character."""
    return one.start < other.end and other.start < one.end


def apart(found: Iterable[P]) -> list[P]:
    """Return what was found in order of its place without overlaps; of two that overlap the first given wins."""
    taken: list[P] = []
    for each in found:
        at = bisect(taken, each.start, key=lambda other: other.start)
        if not any(overlap(each, other) for other in taken[max(at - 1, 0) : at + 1]):
            taken.insert(at, each)
    return taken
