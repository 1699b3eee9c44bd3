"""A vector and search store that stands in for the app's own: Qdrant, Chroma, OpenSearch and Elasticsearch on one port.

It holds what the app writes and finds it again by real similarity and filters. Each read and write of documents becomes
a `Retrieval`. Faults of the boundary `retrieval` hit reads (`query`, `get`, `count`); writes and the making of indexes
are hit only by a fault that names the operation (`upsert`, `delete`, `create`, ...).
"""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any

import msgspec

from gonogo.facts.traffic import Retrieval
from gonogo.prove.lab.faults import choose
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.standins.corpus import Corpus
from gonogo.prove.lab.standins.own_store import OwnStore
from gonogo.prove.lab.standins.server import Request
from gonogo.prove.lab.standins.serving import JSON, Call, Reply, Standin, retry_after
from gonogo.prove.lab.standins.storing import Store, name_points, spoil_hits
from gonogo.wire import chroma, opensearch, qdrant
from gonogo.wire.base import ErrorAnswer
from gonogo.wire.store import StoreAnswer, StoreCodec, StoreError, StoreRequest, texts

SHOWN = 1000
"""Ids of documents that a fact names at most."""
_CODECS: tuple[StoreCodec, ...] = (qdrant, chroma, opensearch)
_READS = ("query", "get", "count")
_SILENT = ("info", "list", "describe", "done")
_QDRANT_PATHS = ("/collections", "/healthz", "/livez", "/readyz", "/telemetry", "/metrics")
_ELASTIC = "application/vnd.elasticsearch+json"


class RetrieverStandin(Standin):
    """A store, for one room. `corpora` is what it holds, by protocol."""

    def __init__(self, room: Room) -> None:
        """Stand in `room`, holding nothing yet."""
        super().__init__(room)
        self.corpora = room.stores = {codec.name: Corpus(room) for codec in _CODECS}
        self._searches: dict[tuple[str, str], int] = {}
        """How many searches each journey of a case has made."""

    async def respond(self, request: Request) -> None:
        """Answer one request in the protocol that its path speaks, or let the app's own store answer."""
        call = self.arrive(request)
        try:
            if self.room.own_store is None:
                await self._answered(request, call)
            else:
                await self._passed(self.room.own_store, request, call)
        finally:
            self._metered(call)

    async def _answered(self, request: Request, call: Call) -> None:
        body = await request.read()
        codec = _codec_of(request)
        try:
            reply = self._reply(codec, request, body, call)
        except StoreError as problem:
            reply = _as_reply(codec.error(problem.status, problem.message, problem.kind))
        if call.fault and call.fault.fault == "status":
            fault = call.fault
            reply = _as_reply(codec.error(fault.status, fault.text, fault.kind))
            reply.headers |= retry_after(fault)
        if request.method == "HEAD":
            reply.body = b""
        await self.finish(request, call, _as_elastic(request, reply), Retrieval)

    async def _passed(self, own: OwnStore, request: Request, call: Call) -> None:
        body = await request.read()
        with contextlib.suppress(StoreError):
            call.asked = _codec_of(request).parse(request.method, request.path, request.query, body)
        await self.finish(request, call, await own.passed(request, body), Retrieval)

    def _metered(self, call: Call) -> None:
        """Tell the room's meter what a call took."""
        if self.room.meter is None or call.asked is None:
            return
        seconds = self.room.clock() - call.started_s if call.ended_s is None else call.ended_s
        points = [point.id for point in call.asked.points]
        self.room.meter.saw(call.asked.operation, seconds, call.status == 200 and not call.aborted, points=points)

    def _reply(self, codec: StoreCodec, request: Request, body: bytes, call: Call) -> Reply:
        """Do what is asked, and note what the fact will say; raises `StoreError`."""
        asked = name_points(codec.parse(request.method, request.path, request.query, body))
        call.asked = asked
        call.fault = choose(
            self.room,
            "retrieval",
            operation=asked.operation,
            journey=call.journey,
            named=asked.operation not in _READS,
        )
        if asked.operation not in _SILENT and not self.room.quiet:
            call.seen = self._seen(codec, asked)
        name = call.fault.fault if call.fault else ""
        number = self._searches.get((self.room.case, call.journey), 0) + 1
        self._searches[self.room.case, call.journey] = number + len(asked.queries) - 1
        answer = Store(self.corpora[codec.name], codec).perform(asked, stale=name == "stale", number=number)
        if asked.operation == "info":
            answer = StoreAnswer(count=time.time_ns(), version=_version(call.caller))
        answer = spoil_hits(answer, name, self.room.script.attack)
        if call.seen:
            call.seen |= self._found(answer, call.seen)
        status, written = codec.answer(asked, answer)
        return Reply(
            written, status, JSON if written[:1] in (b"{", b"[", b'"', b"") or written.isdigit() else "text/plain"
        )

    def _seen(self, codec: StoreCodec, asked: StoreRequest) -> dict[str, Any]:
        """Return what the fact says of the request."""
        first = asked.queries[0] if asked.queries else None
        where = first.where if first else asked.where
        query, matches = screened(self.room, " ".join(one.words for one in asked.queries), "query")
        filtered, more = screened(self.room, msgspec.json.encode(where).decode() if where else "", "filter")
        vector = first.vector if first else next((v for point in asked.points for v in point.vectors.values()), None)
        ids = [*(point.id for point in asked.points), *(asked.ids or ())]
        return {
            "protocol": codec.name,
            "store": codec.name,
            "index": asked.index[:200],
            "operation": asked.operation,
            "query": query,
            "dimension": len(vector) if vector is not None else asked.dimension,
            "filter": filtered,
            "top_k": first.limit if first else asked.limit,
            "documents": tuple(str(id) for id in ids[:SHOWN]),
            "matches": (*matches, *more),
        }

    def _found(self, answer: StoreAnswer, seen: dict[str, Any]) -> dict[str, Any]:
        """Return what the fact says of the answer: ids, scores, and what was found in the texts."""
        hits = [hit for hits in answer.hits for hit in hits][:SHOWN]
        points = [hit.point for hit in hits] or list(answer.points[:SHOWN])
        matches = seen["matches"]
        for point in points:
            matches += screened(self.room, texts(point), f"documents.{point.id}")[1]
        if seen["operation"] not in ("query", "get"):
            return {"matches": matches}
        documents = tuple(str(point.id) for point in points)
        return {"documents": documents, "scores": tuple(hit.score for hit in hits), "matches": matches}


def _codec_of(request: Request) -> StoreCodec:
    """Return the protocol that a request speaks; at the root only the client's name tells."""
    if request.path.startswith("/api/v2"):
        return chroma
    caller = request.headers.get("user-agent", "").lower()
    at_root = request.path == "/" and ("qdrant" in caller or caller.startswith("python-client"))
    return qdrant if at_root or request.path.startswith(_QDRANT_PATHS) else opensearch


def _version(caller: str) -> str:
    """Return the version of Qdrant's client, which warns of a server that is older or newer than itself."""
    match = re.match(r"python-client/(\d+\.\d+\.\d+)", caller)
    return match[1] if match else ""


def _as_reply(error: ErrorAnswer) -> Reply:
    return Reply(error.body, error.status, JSON if error.body else "text/plain", dict(error.headers))


def _as_elastic(request: Request, reply: Reply) -> Reply:
    """Say that this is Elasticsearch to a client that would leave otherwise."""
    accept = request.headers.get("accept", "")
    if _ELASTIC in accept or "elasticsearch" in request.headers.get("user-agent", "").lower():
        reply.headers["X-Elastic-Product"] = "Elasticsearch"
        reply.type = _ELASTIC if _ELASTIC in accept and reply.type == JSON else reply.type
    return reply
