"""Chroma's HTTP API, version 2: tenants, databases, collections, records, and queries with filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.wire import body as json
from gonogo.wire.base import ErrorAnswer, WireError
from gonogo.wire.chroma_answers import INFO, result
from gonogo.wire.store import (
    DEPTH,
    Clause,
    Metric,
    Point,
    Query,
    StoreAnswer,
    StoreError,
    StoreRequest,
    Vector,
)

name = "chroma"

_METRICS: dict[str, Metric] = {"cosine": "cosine", "ip": "dot", "l2": "l2"}
_KINDS = {
    400: "InvalidArgumentError",
    401: "AuthorizationError",
    403: "AuthorizationError",
    404: "NotFoundError",
    409: "ChromaError",
    422: "ChromaError",
    429: "RateLimitError",
    500: "InternalError",
    503: "InternalError",
}
_BASE = r"^/api/v2"
_TENANT = re.compile(_BASE + r"/tenants(?:/(?P<tenant>[^/]+))?$")
_DATABASE = re.compile(_BASE + r"/tenants/(?P<tenant>[^/]+)/databases(?:/(?P<database>[^/]+))?$")
_COLLECTION = re.compile(
    _BASE + r"/tenants/(?P<tenant>[^/]+)/databases/(?P<database>[^/]+)/collections"
    r"(?:/(?:by-id/)?(?P<index>[^/]+))?(?:/(?P<verb>[a-z_]+))?$"
)
_COUNT = re.compile(_BASE + r"/tenants/[^/]+/databases/[^/]+/collections_count$")
_COMPARISONS = {"$gt": "gt", "$gte": "gte", "$lt": "lt", "$lte": "lte"}
_ALL_PARTS = ("documents", "metadatas", "distances", "embeddings", "uris")


def parse(method: str, path: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read a request; raises `StoreError`."""
    plain = path.rstrip("/")
    if plain in INFO:
        return StoreRequest(protocol=name, operation="info", extra={"path": plain})
    try:
        raw = json.decode(body) if body.strip() else {}
    except WireError as error:
        raise StoreError(f"Failed to parse the request body as JSON: {error.message}") from error
    try:
        for pattern, read in ((_TENANT, _tenant), (_DATABASE, _database), (_COLLECTION, _collection)):
            match = pattern.match(plain)
            if match is not None:
                return read(method, {key: unquote(value or "") for key, value in match.groupdict().items()}, raw)
    except StoreError:
        raise
    except WireError as error:
        raise _shape(error.message) from error
    if _COUNT.match(plain):
        return StoreRequest(protocol=name, operation="list", extra={"count": True})
    raise StoreError("", status=404, kind="not found")


def answer(request: StoreRequest, answer: StoreAnswer) -> tuple[int, bytes]:
    """Write an answer, and its status."""
    return 201 if request.operation == "insert" else 200, json.encode(result(request, answer))


def error(status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
    """Write an error. An unknown path has no body."""
    if kind == "not found":
        return ErrorAnswer(status=status, body=b"")
    told = {"error": kind or _KINDS.get(status, "InternalError"), "message": message or "internal error"}
    return ErrorAnswer(status=status, body=json.encode(told), headers={"Content-Type": "application/json"})


def missing(request: StoreRequest) -> StoreError:
    """Return the error for a collection that is not there."""
    return StoreError(f"Collection [{request.index}] does not exist", status=404, kind="NotFoundError")


def taken(request: StoreRequest) -> StoreError:
    """Return the error for a collection that is there already."""
    return StoreError(f"Collection [{request.index}] already exists", status=409, kind="ChromaError")


def wrong_dimension(expected: int, got: int) -> StoreError:
    """Return the error for a vector of another size."""
    said = f"Collection expecting embedding with dimension of {expected}, got {got}"
    return StoreError(said, kind="InvalidArgumentError")


def _shape(message: str) -> StoreError:
    said = f"Failed to deserialize the JSON body into the target type: {message}"
    return StoreError(said, status=422, kind="ChromaError")


def _tenant(method: str, named: Mapping[str, str], raw: dict[str, Any]) -> StoreRequest:
    """Every tenant exists."""
    return StoreRequest(protocol=name, operation="info", extra={"path": "tenant", **named})


def _database(method: str, named: Mapping[str, str], raw: dict[str, Any]) -> StoreRequest:
    """Every database exists."""
    return StoreRequest(protocol=name, operation="info", extra={"path": "database", **named})


def _collection(method: str, named: Mapping[str, str], raw: dict[str, Any]) -> StoreRequest:
    """Read a request to the collections of a database, or to one of them."""
    index = named["index"]
    extra: dict[str, Any] = {"tenant": named["tenant"], "database": named["database"]}

    def request(operation: str, **fields: Any) -> StoreRequest:
        return StoreRequest(protocol=name, operation=operation, index=index, extra=extra, **fields)

    match method, named["verb"]:
        case "GET", "" if not index:
            return request("list")
        case "POST", "" if not index:
            index = json.text(raw, "name")
            extra["metadata"] = raw.get("metadata") or None
            return request("create", metric=_metric(raw), exclusive=not json.flag(raw, "get_or_create"))
        case "GET", "":
            return request("describe")
        case "GET", "count":
            return request("count")
        case "PUT", "":
            return request("done")
        case "DELETE", "":
            return request("drop")
        case "POST", "add" | "upsert" | "update":
            operation = {"add": "insert", "upsert": "upsert", "update": "update"}[named["verb"]]
            return request(operation, points=_points(raw, vectors=operation != "update"))
        case "POST", "query":
            return request("query", queries=_queries(raw))
        case "POST", "get":
            return request(
                "get",
                ids=_ids(raw),
                where=_where_of(raw),
                limit=json.whole(raw, "limit"),
                offset=max(json.whole(raw, "offset") or 0, 0),
                shown=_shown(raw, ("documents", "metadatas")),
            )
        case "POST", "delete":
            return request("delete", ids=_ids(raw), where=_where_of(raw))
    raise StoreError("", status=404, kind="not found")


def _metric(raw: dict[str, Any]) -> Metric:
    """Return the metric that a collection is created with: in its configuration, or in its metadata as of old."""
    hnsw = json.table(json.table(raw, "configuration"), "hnsw")
    space = json.text(hnsw, "space") or json.text(json.table(raw, "metadata"), "hnsw:space", "l2")
    if space not in _METRICS:
        raise _shape(f"unknown variant `{space}`, expected one of `l2`, `cosine`, `ip`")
    return _METRICS[space]


def _points(raw: dict[str, Any], *, vectors: bool) -> tuple[Point, ...]:
    """Read records, column by column."""
    ids = _ids(raw)
    if ids is None:
        raise _shape("missing field `ids`")
    embeddings, documents, metadatas = (raw.get(part) for part in ("embeddings", "documents", "metadatas"))
    if vectors and embeddings is None:
        raise _shape("missing field `embeddings`")
    for part in (embeddings, documents, metadatas):
        if part is not None and (not isinstance(part, list) or len(part) != len(ids)):
            raise StoreError("Unequal lengths for fields of the records", kind="InvalidArgumentError")
    return tuple(
        Point(
            id=id,
            vectors={"": _vector(embeddings[at])} if embeddings and embeddings[at] is not None else {},
            payload=metadatas[at] if metadatas and isinstance(metadatas[at], dict) else {},
            text=documents[at] if documents and isinstance(documents[at], str) else None,
        )
        for at, id in enumerate(ids)
    )


def _queries(raw: dict[str, Any]) -> tuple[Query, ...]:
    embeddings = raw.get("query_embeddings")
    if not isinstance(embeddings, list):
        raise _shape("missing field `query_embeddings`")
    limit = json.whole(raw, "n_results")
    where = _where_of(raw)
    ids = _ids(raw)
    if ids is not None:
        where = Clause(every=(Clause(test="ids", value=ids), *((where,) if where else ())))
    shown = _shown(raw, ("documents", "metadatas", "distances"))
    return tuple(
        Query(vector=_vector(one), where=where, limit=max(10 if limit is None else limit, 0), shown=shown)
        for one in embeddings
    )


def _vector(value: Any) -> Vector:
    if not isinstance(value, list):
        raise _shape("expected a sequence of numbers")
    try:
        return json.vector_of(value)
    except WireError as error:
        raise _shape("expected f32") from error


def _ids(raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = raw.get("ids")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(id, str) for id in value):
        raise _shape("invalid type for `ids`: expected a sequence of strings")
    return tuple(value)


def _shown(raw: Mapping[str, Any], default: tuple[str, ...]) -> frozenset[str]:
    include = raw.get("include")
    if include is None:
        return frozenset(default)
    return frozenset(part for part in include if part in _ALL_PARTS) if isinstance(include, list) else frozenset()


def _where_of(raw: Mapping[str, Any]) -> Clause | None:
    """Read both filters of a request: over metadata, and over the document's text."""
    clauses = [_where(raw.get("where"))] if raw.get("where") else []
    clauses += [_where_document(raw["where_document"])] if raw.get("where_document") else []
    return Clause(every=tuple(clauses)) if clauses else None


def _where(raw: Any, depth: int = 0) -> Clause:
    """Read a filter over metadata."""
    if not isinstance(raw, dict) or depth > DEPTH:
        raise _invalid()
    clauses = []
    for key, wanted in raw.items():
        if key in ("$and", "$or"):
            inner = tuple(_where(one, depth + 1) for one in wanted) if isinstance(wanted, list) else ()
            if not inner:
                raise _invalid()
            clauses.append(Clause(every=inner) if key == "$and" else Clause(some=inner))
        elif key.startswith("$"):
            raise _invalid()
        else:
            clauses += [_compare(key, operator, value) for operator, value in _operators(wanted)]
    return clauses[0] if len(clauses) == 1 else Clause(every=tuple(clauses))


def _operators(wanted: Any) -> list[tuple[str, Any]]:
    return list(wanted.items()) if isinstance(wanted, dict) else [("$eq", wanted)]


def _compare(field: str, operator: str, value: Any) -> Clause:
    """Read one comparison."""
    if operator in ("$in", "$nin") and not isinstance(value, list):
        raise _invalid()
    match operator:
        case "$eq" | "$contains":
            return Clause(field=field, test="equals", value=value)
        case "$ne" | "$not_contains":
            return Clause(no=(Clause(field=field, test="equals", value=value),))
        case "$in":
            return Clause(field=field, test="in", value=value)
        case "$nin":
            return Clause(no=(Clause(field=field, test="in", value=value),))
    if operator in _COMPARISONS:
        return Clause(field=field, test="range", value={_COMPARISONS[operator]: value})
    raise _invalid()


def _where_document(raw: Any, depth: int = 0) -> Clause:
    """Read a filter over the document's text; regular expressions are not offered."""
    if not isinstance(raw, dict) or len(raw) != 1 or depth > DEPTH:
        raise _invalid()
    ((operator, value),) = raw.items()
    if operator in ("$and", "$or") and isinstance(value, list) and value:
        inner = tuple(_where_document(one, depth + 1) for one in value)
        return Clause(every=inner) if operator == "$and" else Clause(some=inner)
    if operator not in ("$contains", "$not_contains") or not isinstance(value, str):
        raise _invalid()
    clause = Clause(test="contains", value=value)
    return clause if operator == "$contains" else Clause(no=(clause,))


def _invalid() -> StoreError:
    return StoreError("Invalid where clause", kind="InvalidArgumentError")
