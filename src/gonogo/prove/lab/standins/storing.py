"""What a request does to the corpus, and what it finds there, whatever its protocol."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import msgspec

from gonogo.prove.lab.script import Attack
from gonogo.prove.lab.standins.corpus import Corpus, Shelf
from gonogo.prove.lab.standins.planting import plant_in
from gonogo.wire.store import Hit, Index, Point, StoreAnswer, StoreCodec, StoreRequest


@dataclass
class Store:
    """A corpus behind one protocol. Every method raises `StoreError` where the real server refuses."""

    corpus: Corpus
    codec: StoreCodec

    def perform(self, request: StoreRequest, *, stale: bool = False, number: int = 0) -> StoreAnswer:
        """Do what is asked; of a journey's searches its first is the one of this `number`."""
        match request.operation:
            case "query":
                return self._query(request, stale=stale, number=number)
            case "get":
                return self._get(request)
            case "count":
                shelf = self._shelf(request)
                return StoreAnswer(count=len(self.corpus.select(shelf, request.ids, request.where)))
            case "list":
                shelves = self.corpus.shelves.values()
                return StoreAnswer(indexes=tuple(self.corpus.described(shelf) for shelf in shelves))
            case "describe":
                return self._describe(request)
            case "create":
                return self._create(request)
            case "drop":
                del self.corpus.shelves[self._shelf(request).index.name]
            case "upsert" | "insert" | "update":
                self._write(request)
            case "delete":
                return self._delete(request)
        return StoreAnswer()

    def _shelf(self, request: StoreRequest) -> Shelf:
        """Return the index that a request names."""
        shelf = self.corpus.find(request.index)
        if shelf is None:
            raise self.codec.missing(request)
        return shelf

    def _query(self, request: StoreRequest, *, stale: bool, number: int) -> StoreAnswer:
        """Search. In an index that was never made, which the app expects to be there, is the built-in corpus."""
        shelf = self.corpus.find(request.index) or Shelf(Index(name=request.index))
        for query in request.queries:
            if query.using in ("", shelf.index.named):
                self._check(shelf, query.vector)
        hits = tuple(
            self.corpus.search(shelf, query, stale=stale, number=at) for at, query in enumerate(request.queries, number)
        )
        return StoreAnswer(hits=hits, indexes=(shelf.index,))

    def _get(self, request: StoreRequest) -> StoreAnswer:
        """Read points back."""
        points = self.corpus.select(self._shelf(request), request.ids, request.where)
        end = len(points) if request.limit is None else request.offset + request.limit
        return StoreAnswer(points=tuple(points[request.offset : end]), more=end < len(points))

    def _describe(self, request: StoreRequest) -> StoreAnswer:
        if request.extra.get("exists"):
            shelf = self.corpus.find(request.index)
            return StoreAnswer(indexes=(shelf.index,) if shelf else ())
        return StoreAnswer(indexes=(self.corpus.described(self._shelf(request)),))

    def _create(self, request: StoreRequest) -> StoreAnswer:
        shelf = self.corpus.shelves.get(request.index)
        if shelf is not None and request.exclusive:
            raise self.codec.taken(request)
        index = Index(
            name=request.index,
            dimension=request.dimension,
            metric=request.metric,
            named=request.named,
            extra=request.extra,
        )
        return StoreAnswer(indexes=((shelf or self.corpus.create(index)).index,))

    def _write(self, request: StoreRequest) -> None:
        """Write points, all or none."""
        if request.makes_index and self.corpus.find(request.index) is None:
            self.corpus.create(Index(name=request.index))
        shelf = self._shelf(request)
        for point in request.points:
            self._check(shelf, point.vectors.get(shelf.index.named))
        for point in request.points:
            old = shelf.points.get(point.id, (None, None))[0]
            partial = request.operation == "update" or point.id in request.extra.get("partial", ())
            if old is None and not partial:
                shelf.put(point)
            elif old is not None and request.operation != "insert":
                shelf.put(_merged(old, point) if partial else point)
        self._set(shelf, request)
        for id in (request.ids or ()) if "bulk" in request.extra else ():
            shelf.points.pop(id, None)

    def _set(self, shelf: Shelf, request: StoreRequest) -> None:
        """Set fields of the points that an update selects."""
        if request.operation == "update" and "set" in request.extra:
            wanted = self.corpus.select(shelf, request.ids, request.where)
            for point in wanted:
                if point.id in shelf.points:
                    shelf.put(msgspec.structs.replace(point, payload={**point.payload, **request.extra["set"]}))

    def _delete(self, request: StoreRequest) -> StoreAnswer:
        """Delete the app's own points; the script's are not its to delete."""
        shelf = self._shelf(request)
        gone = [point.id for point in self.corpus.select(shelf, request.ids, request.where) if point.id in shelf.points]
        for id in gone:
            del shelf.points[id]
        return StoreAnswer(count=len(gone))

    def _check(self, shelf: Shelf, vector: tuple[float, ...] | None) -> None:
        """Refuse a vector of another size than the index's."""
        expected = shelf.index.dimension
        if vector is not None and expected and len(vector) != expected:
            raise self.codec.wrong_dimension(expected, len(vector))


def name_points(request: StoreRequest) -> StoreRequest:
    """Return the request with ids for the points that came without."""
    points = tuple(
        msgspec.structs.replace(point, id=uuid4().hex) if point.id == "" else point for point in request.points
    )
    return msgspec.structs.replace(request, points=points)


def spoil_hits(answer: StoreAnswer, fault: str, attack: Attack | None) -> StoreAnswer:
    """Return what was found with the fault done to it: nothing left of it, or the attack in the best of it."""
    if fault == "empty-result":
        return msgspec.structs.replace(answer, hits=tuple(() for _ in answer.hits), points=(), count=0)
    if fault != "poisoned" or attack is None:
        return answer
    hits = tuple(
        tuple(Hit(plant_in(hit.point, attack), hit.score) if rank == 0 else hit for rank, hit in enumerate(found))
        for found in answer.hits
    )
    points = tuple(plant_in(point, attack) if rank == 0 else point for rank, point in enumerate(answer.points))
    return msgspec.structs.replace(answer, hits=hits, points=points)


def _merged(old: Point, new: Point) -> Point:
    """Return a point with the parts that an update brings."""
    return msgspec.structs.replace(
        old,
        vectors={**old.vectors, **new.vectors},
        payload={**old.payload, **new.payload},
        text=old.text if new.text is None else new.text,
    )
