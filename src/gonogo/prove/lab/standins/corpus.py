"""What the stand-in store holds: what the app wrote, the documents of the script, or a small corpus of its own.

A document that the script gives has no vector: it is as similar to every query as it says. An index that the app never
filled holds the built-in corpus. Of each point the version before is kept, which a stale store returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import dist, hypot, isnan
from operator import mul
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Document
from gonogo.prove.lab.standins.prose import rewritten
from gonogo.wire.store import Clause, Hit, Index, Metric, Point, Query, Vector, holds, texts, words

BUILT_IN = tuple(
    Document(id=f"doc-{number}", text=text, score=score, metadata={"source": source})
    for number, (text, score, source) in enumerate(
        (
            ("The office is open from Monday to Friday, 9:00 to 17:00.", 0.92, "hours.md"),
            ("Orders can be returned within 30 days with the receipt.", 0.88, "returns.md"),
            ("The warranty covers defects of material for two years.", 0.84, "warranty.md"),
            ("Delivery takes three to five working days.", 0.8, "delivery.md"),
            ("Invoices are sent by e-mail on the first day of the month.", 0.76, "billing.md"),
        ),
        1,
    )
)
POINTS = 200_000
"""Points of one index that are kept at most."""
_TEXT_KEYS = ("text", "page_content", "content")


class Shelf:
    """One index. `points` maps ids to the newest version and the one before."""

    def __init__(self, index: Index) -> None:
        """Begin with an empty index."""
        self.index = index
        self.points: dict[str | int, tuple[Point, Point | None]] = {}

    def put(self, point: Point) -> None:
        """Write a point over the one of the same id; beyond the limit nothing new is kept."""
        old = self.points.get(point.id, (None, None))[0]
        if old is None and len(self.points) >= POINTS:
            return
        self.points[point.id] = (msgspec.structs.replace(point, version=old.version + 1 if old else 1), old)
        vector = point.vectors.get(self.index.named)
        if self.index.dimension is None and vector:
            self.index = msgspec.structs.replace(self.index, dimension=len(vector))


class Corpus:
    """All indexes of one room."""

    def __init__(self, room: Room) -> None:
        """Begin with no index."""
        self.room = room
        self.shelves: dict[str, Shelf] = {}

    def find(self, index: str) -> Shelf | None:
        """Return an index by its name or id; one that only the script fills exists as well."""
        for name, shelf in self.shelves.items():
            if index in (name, shelf.index.id):
                return shelf
        return self.create(Index(name=index)) if self.room.script.documents else None

    def create(self, index: Index) -> Shelf:
        """Make an index; its id follows from its name."""
        shelf = Shelf(msgspec.structs.replace(index, id=str(uuid5(NAMESPACE_URL, index.name))))
        self.shelves[index.name] = shelf
        return shelf

    def described(self, shelf: Shelf) -> Index:
        """Return the description of an index, with its count."""
        return msgspec.structs.replace(shelf.index, count=len(self.points(shelf)))

    def points(self, shelf: Shelf, *, stale: bool = False, number: int = 0) -> list[tuple[Point, float | None]]:
        """Return the points of an index, each with the similarity that the script gives it (None for real ones).

        `number` says which search of a journey they are for, 0 for no search.
        """
        own = [(old if stale and old else new) for new, old in shelf.points.values()]
        given = self.room.script.documents or (() if own else BUILT_IN)
        given = tuple(d for d in given if not (number and d.queries) or number in d.queries)
        like = own[-1] if own else None
        scripted = [(_as_point(document, like), document.score) for document in _versions(given, stale=stale)]
        return [*scripted, *((point, None) for point in own)]

    def select(self, shelf: Shelf, ids: Iterable[str | int] | None, where: Clause | None) -> list[Point]:
        """Return the points of the given ids (all for None) that pass the filter."""
        wanted = None if ids is None else set(ids)
        return [
            point for point, _ in self.points(shelf) if (wanted is None or point.id in wanted) and holds(where, point)
        ]

    def search(self, shelf: Shelf, query: Query, *, stale: bool = False, number: int = 0) -> tuple[Hit, ...]:
        """Return the nearest points, best first; `number` is as for `points`."""
        metric, asked = shelf.index.metric, words(query.words)
        hits = []
        for point, given in self.points(shelf, stale=stale, number=number):
            if holds(query.where, point):
                score = _score(point, given, query, asked, metric)
                if score is not None and (query.threshold is None or score >= query.threshold):
                    hits.append(Hit(point, score))
        hits.sort(key=lambda hit: -hit.score)
        return tuple(hits[query.offset : query.offset + query.limit])


def similarity(metric: Metric, one: Vector, other: Vector) -> float:
    """Return how similar two vectors are: cosine, dot product, or minus the squared distance."""
    if metric == "l2":
        return _finite(-dist(one, other) * dist(one, other))
    dot = sum(map(mul, one, other))
    norm = 1.0 if metric == "dot" else hypot(*one) * hypot(*other)
    return _finite(dot / norm if norm else 0.0)


def _finite(score: float) -> float:
    """Return a score that JSON can carry, however large the vectors are."""
    return 0.0 if isnan(score) else max(-1e300, min(score, 1e300))


def _score(point: Point, given: float | None, query: Query, asked: list[str], metric: Metric) -> float | None:
    """Return the similarity of a point to a query, None where they have nothing in common."""
    if given is not None:
        return 2 * given - 2 if metric == "l2" else given
    if query.vector is not None:
        vector = point.vectors.get(query.using) or next(iter(point.vectors.values()), None)
        return similarity(metric, query.vector, vector) if vector and len(vector) == len(query.vector) else None
    if not asked:
        return 1.0
    found = words(texts(point))
    return sum(found.count(word) / (found.count(word) + 1.2) for word in set(asked)) or None


def _versions(documents: Iterable[Document], *, stale: bool) -> list[Document]:
    """Return one version of each document: the newest, or the one before where there is one."""
    by_id: dict[str, list[Document]] = {}
    for document in documents:
        by_id.setdefault(document.id, []).append(document)
    ordered = [sorted(versions, key=lambda one: -one.version) for versions in by_id.values()]
    return [versions[1] if stale and len(versions) > 1 else versions[0] for versions in ordered]


def _as_point(document: Document, like: Point | None) -> Point:
    """Return a scripted document as a point: in the form of the app's own, or in a form that most apps can read."""
    if like is None:
        payload: dict[str, Any] = dict.fromkeys(_TEXT_KEYS, document.text)
        payload |= {"metadata": document.metadata, **document.metadata}
        return Point(id=document.id, payload=payload, text=document.text, version=document.version)
    point = rewritten(like, document.text)
    payload = {**point.payload, **document.metadata}
    return msgspec.structs.replace(point, id=document.id, payload=payload, version=document.version)
