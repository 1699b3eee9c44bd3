"""Qdrant's REST API: collections, points, and queries with filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.wire import body as json
from gonogo.wire.base import ErrorAnswer, WireError
from gonogo.wire.qdrant_answers import HEALTH, info, result
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

name = "qdrant"

_METRICS: dict[str, Metric] = {"Cosine": "cosine", "Dot": "dot", "Euclid": "l2", "Manhattan": "l2"}
_STATUS = {
    401: "Unauthorized: Must provide an API key or an Authorization bearer token",
    403: "Forbidden: Global access is required",
    404: "Not found",
    408: "Operation Timeout",
    429: "Rate limiting exceeded: Read rate limit exceeded, retry later",
    500: "Service internal error: task failed",
    503: "Service unavailable: The node is overloaded",
}
_PATH = re.compile(r"^/collections/(?P<index>[^/]+)(?:/(?P<rest>.*))?$")


def parse(method: str, path: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read a request; raises `StoreError`."""
    plain = path.rstrip("/") or "/"
    if plain == "/" or plain in HEALTH or plain in ("/telemetry", "/metrics"):
        return StoreRequest(protocol=name, operation="info", extra={"path": plain})
    if plain == "/collections":
        return StoreRequest(protocol=name, operation="list")
    match = _PATH.match(plain)
    if match is None:
        raise StoreError("", status=404, kind="not found")
    try:
        raw = json.decode(body) if body.strip() else {}
        return _request(method, unquote(match["index"]), match["rest"] or "", raw)
    except StoreError:
        raise
    except WireError as error:
        raise _bad(error.message) from error


def answer(request: StoreRequest, answer: StoreAnswer) -> tuple[int, bytes]:
    """Write an answer, and its status."""
    if request.operation == "info":
        return 200, info(request.extra["path"], answer.version)
    return 200, json.encode({"result": result(request, answer), "status": "ok", "time": 0.000125})


def error(status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
    """Write an error. An unknown path has no body."""
    if kind == "not found":
        return ErrorAnswer(status=status, body=b"")
    said = message or _STATUS.get(status, "Service internal error")
    return ErrorAnswer(
        status=status,
        body=json.encode({"status": {"error": said}, "time": 0.000125}),
        headers={"Content-Type": "application/json"},
    )


def missing(request: StoreRequest) -> StoreError:
    """Return the error for a collection that is not there."""
    return StoreError(f"Not found: Collection `{request.index}` doesn't exist!", status=404)


def taken(request: StoreRequest) -> StoreError:
    """Return the error for a collection that is there already."""
    return StoreError(f"Wrong input: Collection `{request.index}` already exists!", status=409)


def wrong_dimension(expected: int, got: int) -> StoreError:
    """Return the error for a vector of another size."""
    return StoreError(f"Wrong input: Vector dimension error: expected dim: {expected}, got {got}", status=400)


def _bad(message: str) -> StoreError:
    return StoreError(f"Format error in JSON body: {message}", status=400)


def _request(method: str, index: str, rest: str, raw: dict[str, Any]) -> StoreRequest:
    """Read a request to one collection by what follows its name."""

    def request(operation: str, **fields: Any) -> StoreRequest:
        return StoreRequest(protocol=name, operation=operation, index=index, **fields)

    match method, rest:
        case "GET", "":
            return request("describe")
        case "GET", "exists":
            return request("describe", extra={"exists": True})
        case "PUT", "":
            return _create(index, raw)
        case "DELETE", "":
            return request("drop")
        case "PUT", "points":
            return request("upsert", points=_points(raw))
        case "POST", "points":
            return request("get", ids=_ids(raw, "ids"), shown=_shown(raw))
        case "POST", "points/scroll":
            offset = raw.get("offset")
            start = offset if isinstance(offset, int) and not isinstance(offset, bool) and offset > 0 else 0
            limit = _size(raw, "limit", 10)
            where = _filter(raw.get("filter"))
            extra = {"scroll": True}
            return request("get", where=where, limit=limit, offset=start, shown=_shown(raw), extra=extra)
        case "POST", "points/count":
            return request("count", where=_filter(raw.get("filter")))
        case "POST", "points/delete":
            return request("delete", ids=_ids(raw, "points"), where=_filter(raw.get("filter")))
        case "POST" | "PUT", "points/payload":
            ids, where = _ids(raw, "points"), _filter(raw.get("filter"))
            return request("update", ids=ids, where=where, extra={"set": json.table(raw, "payload")})
        case "POST", "points/search" | "points/query":
            return request("query", queries=(_query(raw),), extra={"flat": rest.endswith("search")})
        case "POST", "points/search/batch" | "points/query/batch":
            queries = tuple(_query(one) for one in json.tables(raw, "searches"))
            return request("query", queries=queries, extra={"flat": rest.startswith("points/search"), "batch": True})
        case "GET", point if point.startswith("points/"):
            id = unquote(point.removeprefix("points/"))
            ids = (int(id) if id.isdecimal() and len(id) < 20 else id,)
            return request("get", ids=ids, shown=frozenset({"payload", "vector"}), extra={"one": True})
        case "PATCH" | "PUT" | "POST" | "DELETE", _:
            return request("done", extra={"points": bool(rest) and rest != "aliases"})
    raise StoreError("", status=404, kind="not found")


def _create(index: str, raw: dict[str, Any]) -> StoreRequest:
    """Read the creation of a collection; of several named vectors the first counts."""
    vectors, named = json.table(raw, "vectors"), ""
    if vectors and "size" not in vectors:
        named = next(iter(vectors))
        vectors = json.table(vectors, named)
    distance = json.text(vectors, "distance", "Cosine")
    if distance not in _METRICS:
        raise _bad(f"unknown variant `{distance}`, expected one of `Cosine`, `Euclid`, `Dot`, `Manhattan`")
    return StoreRequest(
        protocol=name,
        operation="create",
        index=index,
        dimension=json.whole(vectors, "size"),
        metric=_METRICS[distance],
        named=named,
    )


def _points(raw: dict[str, Any]) -> tuple[Point, ...]:
    """Read points, row by row or as a batch of columns."""
    batch = json.table(raw, "batch")
    if batch:
        ids, vectors = batch.get("ids"), batch.get("vectors")
        if not isinstance(ids, list):
            raise _bad("missing field `ids`")
        columns = vectors if isinstance(vectors, dict) else {"": vectors}
        payloads = batch.get("payloads")
        rows = [
            {
                "id": id,
                "vector": {named: _at(column, at) for named, column in columns.items()},
                "payload": _at(payloads, at),
            }
            for at, id in enumerate(ids)
        ]
    else:
        rows = json.tables(raw, "points")
    return tuple(
        Point(
            id=_id(row.get("id")),
            vectors=_vectors(row.get("vector")),
            payload=json.table(row, "payload"),
        )
        for row in rows
    )


def _at(column: Any, at: int) -> Any:
    return column[at] if isinstance(column, list) and at < len(column) else None


def _id(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _bad(
            f"value {str(value)[:40]} is not a valid point ID, valid values are either an unsigned integer or a UUID"
        )
    return value


def _ids(raw: Mapping[str, Any], field: str) -> tuple[str | int, ...] | None:
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, list):
        raise _bad(f"invalid type: expected a sequence for `{field}`")
    return tuple(_id(one) for one in value)


def _vectors(value: Any) -> dict[str, Vector]:
    """Read the vectors of a point; sparse ones are left out."""
    if isinstance(value, dict):
        return {name: _vector(one) for name, one in value.items() if isinstance(one, list)}
    return {} if value is None else {"": _vector(value)}


def _vector(value: Any) -> Vector:
    """Read one dense vector."""
    if not isinstance(value, list) or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in value):
        raise _bad("data did not match any variant of untagged enum VectorStruct")
    try:
        return tuple(float(x) for x in value)
    except OverflowError as error:
        raise _bad("number out of range") from error


def _query(raw: dict[str, Any], depth: int = 0) -> Query:
    """Read a search (`vector`) or a query (`query`); of a fusion, the first dense prefetch stands for all."""
    if depth > DEPTH:
        raise _bad("recursion limit exceeded")
    using = json.text(raw, "using")
    vector = raw.get("vector", raw.get("query"))
    if isinstance(vector, dict) and isinstance(vector.get("name"), str):
        using, vector = vector["name"], vector.get("vector")
    if isinstance(vector, dict) and "nearest" in vector:
        vector = vector["nearest"]
    if not isinstance(vector, list):
        prefetch = raw.get("prefetch")
        for inner in [prefetch] if isinstance(prefetch, dict) else prefetch if isinstance(prefetch, list) else []:
            found = _query(inner, depth + 1) if isinstance(inner, dict) else None
            if found and found.vector is not None:
                using, vector = found.using, list(found.vector)
                break
    return Query(
        vector=_vector(vector) if isinstance(vector, list) else None,
        using=using,
        where=_filter(raw.get("filter")),
        limit=_size(raw, "limit", 10),
        offset=_size(raw, "offset", 0),
        threshold=json.number(raw, "score_threshold"),
        shown=_shown(raw, payload=False),
    )


def _size(raw: Mapping[str, Any], field: str, default: int) -> int:
    value = json.whole(raw, field)
    if value is not None and value < 0:
        raise _bad(f"invalid value: integer `{value}`, expected usize")
    return default if value is None else value


def _shown(raw: Mapping[str, Any], *, payload: bool = True) -> frozenset[str]:
    """Return which parts of points are asked for."""
    wanted = {"payload": raw.get("with_payload", payload), "vector": raw.get("with_vector", raw.get("with_vectors"))}
    return frozenset(part for part, value in wanted.items() if value)


def _filter(raw: Any, depth: int = 0, within: str = "") -> Clause | None:
    """Read a filter or one of its conditions; `within` is the path of the objects that a nested one looks into."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or depth > DEPTH:
        raise _bad("data did not match any variant of untagged enum Condition")

    def group(value: Any) -> tuple[Clause, ...]:
        conditions = [] if value is None else value if isinstance(value, list) else [value]
        return tuple(clause for one in conditions if (clause := _filter(one, depth + 1, within)) is not None)

    nested = json.table(raw, "nested")
    if nested:
        return _filter(nested.get("filter"), depth + 1, f"{within}{_key(nested)}.")
    least = json.table(raw, "min_should")
    return Clause(
        every=(*group(raw.get("must")), *_condition(raw, within)),
        some=group(raw.get("should")) or group(least.get("conditions")),
        least=json.whole(least, "min_count") or 1,
        no=group(raw.get("must_not")),
    )


def _condition(raw: dict[str, Any], within: str) -> tuple[Clause, ...]:
    """Read the condition on one field, if it is one."""
    if "has_id" in raw:
        return (Clause(test="ids", value=_ids(raw, "has_id") or ()),)
    if "is_empty" in raw:
        return (Clause(no=(Clause(field=within + _key(json.table(raw, "is_empty")), test="exists"),)),)
    if "is_null" in raw:
        return (Clause(field=within + _key(json.table(raw, "is_null")), test="null"),)
    if "key" not in raw:
        return ()
    field = within + _key(raw)
    if "range" in raw:
        bounds = {bound: value for bound, value in json.table(raw, "range").items() if bound in _BOUNDS}
        return (Clause(field=field, test="range", value=bounds),)
    match = json.table(raw, "match")
    for key, test in _MATCHES.items():
        if key in match:
            if test == "in" and not isinstance(match[key], list):
                raise _bad("data did not match any variant of untagged enum Match")
            clause = Clause(field=field, test=test, value=match[key])
            return (Clause(no=(clause,)),) if key == "except" else (clause,)
    return ()


_BOUNDS = ("gt", "gte", "lt", "lte")
_MATCHES = {"value": "equals", "any": "in", "except": "in", "text": "words", "text_any": "words", "phrase": "phrase"}


def _key(raw: Mapping[str, Any]) -> str:
    return json.text(raw, "key").replace("[]", "")
