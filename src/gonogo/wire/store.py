"""The neutral records between the protocols of vector and search stores, and what a filter means.

A stand-in reads a `StoreRequest`, works out a `StoreAnswer`, and lets the same codec write it. Scores are similarities,
greater is nearer, in terms of the index's metric: the cosine, the dot product, or minus the squared distance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, Protocol

import msgspec

from gonogo.wire.base import ErrorAnswer, WireError

DEPTH = 20
"""How deep filters and queries may be nested; Elasticsearch allows as much."""

Vector = tuple[float, ...]
Metric = Literal["cosine", "dot", "l2"]


class StoreError(WireError):
    """A request that the store refuses: `kind` is its own name for the error."""


class Clause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A filter: all of `every`, at least `least` of `some`, none of `no`, and the test of its own where it has one.

    `test` is equals, in, range (`value` maps gt, gte, lt, lte), exists, null, ids, words (any word of `value` occurs),
    phrase, contains or like (a glob); `field` is a dotted path, "" for the text of the document itself.
    """

    every: tuple[Clause, ...] = ()
    some: tuple[Clause, ...] = ()
    least: int = 1
    no: tuple[Clause, ...] = ()
    field: str = ""
    test: str = ""
    value: Any = None


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds. `vectors` are by name, "" being the unnamed one; `text` is set where the protocol has one.

    An id of "" asks the store to choose one.
    """

    id: str | int
    vectors: dict[str, Vector] = {}
    payload: dict[str, Any] = {}
    text: str | None = None
    version: int = 1


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One search: by vector, by words, or for what a filter lets through. `shown` names what of a point is wanted."""

    vector: Vector | None = None
    using: str = ""
    words: str = ""
    where: Clause | None = None
    limit: int = 10
    offset: int = 0
    threshold: float | None = None
    shown: frozenset[str] = frozenset({"payload"})


class StoreRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a store.

    `operation` is query, get, count, upsert, insert (refuses what is there), update, delete, create, describe, list,
    drop, info or done (what needs no more than a yes). `index` is a name or an id. A `create` that is not `exclusive`
    takes what is there; a write that `makes_index` does so where there is none. `extra` is what the codec that read it
    wants to know again, but for `set` (fields to set), `partial` (ids that are updated) and `bulk` (`ids` are deleted).
    """

    protocol: str
    operation: str
    index: str = ""
    queries: tuple[Query, ...] = ()
    points: tuple[Point, ...] = ()
    ids: tuple[str | int, ...] | None = None
    where: Clause | None = None
    limit: int | None = None
    offset: int = 0
    dimension: int | None = None
    metric: Metric = "cosine"
    named: str = ""
    exclusive: bool = True
    makes_index: bool = False
    shown: frozenset[str] = frozenset({"payload"})
    extra: dict[str, Any] = {}


class Hit(msgspec.Struct, frozen=True):
    """A point that was found, and how similar it is."""

    point: Point
    score: float = 0.0


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """A collection or index: `id` where the protocol gives it one; `named` is the name of its only vector."""

    name: str
    id: str = ""
    dimension: int | None = None
    metric: Metric = "cosine"
    named: str = ""
    count: int = 0
    extra: dict[str, Any] = {}


class StoreAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found or done: `hits` has one entry per query. `version` is the server's, "" for the codec's own."""

    hits: tuple[tuple[Hit, ...], ...] = ()
    points: tuple[Point, ...] = ()
    indexes: tuple[Index, ...] = ()
    count: int = 0
    more: bool = False
    version: str = ""


class StoreCodec(Protocol):
    """A store's protocol; each is a module."""

    name: str

    def parse(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
        """Read a request; raises `StoreError`."""
        ...

    def answer(self, request: StoreRequest, answer: StoreAnswer) -> tuple[int, bytes]:
        """Write an answer, and its status."""
        ...

    def error(self, status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
        """Write an error as the real server does."""
        ...

    def missing(self, request: StoreRequest) -> StoreError:
        """Return the error for an index that is not there."""
        ...

    def taken(self, request: StoreRequest) -> StoreError:
        """Return the error for an index that is there already."""
        ...

    def wrong_dimension(self, expected: int, got: int) -> StoreError:
        """Return the error for a vector of another size than the index's."""
        ...


def holds(clause: Clause | None, point: Point) -> bool:
    """Say whether a point passes a filter."""
    if clause is None:
        return True
    return (
        (not clause.test or _passes(clause, point))
        and all(holds(inner, point) for inner in clause.every)
        and (not clause.some or sum(holds(inner, point) for inner in clause.some) >= clause.least)
        and not any(holds(inner, point) for inner in clause.no)
    )


def words(text: str) -> list[str]:
    """Return the words of a text, in small letters."""
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def texts(point: Point, field: str = "") -> str:
    """Return the text of a point: of one field, or all that it holds."""
    if field:
        return " ".join(value for value in values(point.payload, field) if isinstance(value, str))
    return " ".join((point.text or "", *_strings(point.payload)))


def values(payload: Any, path: str) -> list[Any]:
    """Return what stands at a dotted path, looking into lists; a key that itself holds dots is found too."""
    if isinstance(payload, list):
        return [value for item in payload for value in values(item, path)]
    if not isinstance(payload, dict):
        return []
    if path in payload:
        found = payload[path]
        return found if isinstance(found, list) else [found]
    head, dot, rest = path.partition(".")
    return values(payload.get(head), rest) if dot else []


def _strings(value: Any) -> Iterator[str]:
    """Yield every text within a payload."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)


def _passes(clause: Clause, point: Point) -> bool:
    """Say whether a point passes a clause's own test."""
    wanted = clause.value
    if clause.test == "ids":
        return any(_same(point.id, id) for id in wanted)
    if clause.test in ("words", "phrase", "contains"):
        return _reads(clause, point)
    found = values(point.payload, clause.field)
    match clause.test:
        case "equals":
            return any(_same(value, wanted) for value in found)
        case "in":
            return any(_same(value, one) for value in found for one in wanted)
        case "range":
            return any(_within(value, wanted) for value in found)
        case "exists":
            return any(value is not None for value in found)
        case "null":
            return bool(found) and all(value is None for value in found)
        case "like":
            return any(isinstance(value, str) and fnmatchcase(value, wanted) for value in found)
    return False


def _reads(clause: Clause, point: Point) -> bool:
    """Say whether the words of a clause stand in a point's text."""
    text = (point.text or "") if clause.test == "contains" and not clause.field else texts(point, clause.field)
    if clause.test == "contains":
        return str(clause.value) in text
    if clause.test == "phrase":
        return f" {' '.join(words(str(clause.value)))} " in f" {' '.join(words(text))} "
    return not set(words(str(clause.value))).isdisjoint(words(text))


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _within(value: Any, bounds: Mapping[str, Any]) -> bool:
    """Say whether a number (or a text, such as a date) lies within all bounds."""
    for name, bound in bounds.items():
        if bound is None:
            continue
        numbers = isinstance(value, int | float) and isinstance(bound, int | float)
        if not numbers and not (isinstance(value, str) and isinstance(bound, str)):
            return False
        if not {"gt": value > bound, "gte": value >= bound, "lt": value < bound, "lte": value <= bound}[name]:
            return False
    return True
