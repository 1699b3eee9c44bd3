"""The REST API that OpenSearch and Elasticsearch share: indexes, documents, bulk writes and searches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.wire import body as json
from gonogo.wire.base import ErrorAnswer, WireError
from gonogo.wire.opensearch_answers import result
from gonogo.wire.opensearch_query import filter_of, search
from gonogo.wire.store import Metric, Point, StoreAnswer, StoreError, StoreRequest, Vector

name = "opensearch"

_KINDS = {
    400: ("illegal_argument_exception", "request is not valid"),
    401: ("security_exception", "missing authentication credentials for REST request"),
    403: ("security_exception", "no permissions for [indices:data/read/search]"),
    404: ("resource_not_found_exception", "not found"),
    408: ("timeout_exception", "request timed out"),
    429: (
        "circuit_breaking_exception",
        "[parent] Data too large, data for [<http_request>] would be larger than limit",
    ),
    500: ("search_phase_execution_exception", "all shards failed"),
    503: ("cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"),
}
_DOCUMENT = re.compile(r"^/(?P<index>[^/_][^/]*)/(?P<verb>_doc|_create|_update)(?:/(?P<id>[^/]+))?$")
_INDEX = re.compile(r"^/(?:(?P<index>[^/_][^/]*)(?:/(?P<verb>_[a-z_]+)(?:/[^/]*)?)?|(?P<all>_[a-z_]+)(?:/.*)?)$")
_SPACES: dict[str, Metric] = {
    "l2": "l2",
    "l2_norm": "l2",
    "innerproduct": "dot",
    "dot_product": "dot",
    "max_inner_product": "dot",
}


def parse(method: str, path: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read a request; raises `StoreError`."""
    plain = path.rstrip("/")
    if not plain:
        return StoreRequest(protocol=name, operation="info", extra={"path": "/"})
    try:
        document = _DOCUMENT.match(plain)
        if document is not None:
            return _document(method, {key: unquote(value or "") for key, value in document.groupdict().items()}, body)
        match = _INDEX.match(plain)
        if match is not None:
            verb = match["verb"] or match["all"] or ""
            return _request(method, unquote(match["index"] or ""), verb, query, body)
    except StoreError:
        raise
    except WireError as error:
        raise StoreError(error.message, kind="x_content_parse_exception") from error
    raise _unknown(method, plain)


def answer(request: StoreRequest, answer: StoreAnswer) -> tuple[int, bytes]:
    """Write an answer, and its status."""
    status, value = result(request, answer)
    return status, b"" if value is None else json.encode(value)


def error(status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
    """Write an error."""
    usual = _KINDS.get(status, _KINDS[500])
    kind, said = kind or usual[0], message or usual[1]
    cause: dict[str, Any] = {"type": kind, "reason": said}
    if kind == "index_not_found_exception":
        index = said.partition("[")[2].removesuffix("]")
        named = {"resource.type": "index_or_alias", "resource.id": index, "index_uuid": "_na_", "index": index}
        cause |= named
    return ErrorAnswer(
        status=status,
        body=json.encode({"error": {"root_cause": [cause], **cause}, "status": status}),
        headers={"Content-Type": "application/json"},
    )


def missing(request: StoreRequest) -> StoreError:
    """Return the error for an index that is not there."""
    return StoreError(f"no such index [{request.index}]", status=404, kind="index_not_found_exception")


def taken(request: StoreRequest) -> StoreError:
    """Return the error for an index that is there already."""
    said = f"index [{request.index}/_na_] already exists"
    return StoreError(said, kind="resource_already_exists_exception")


def wrong_dimension(expected: int, got: int) -> StoreError:
    """Return the error for a vector of another size."""
    said = f"Query vector has invalid dimension: {got}. Dimension should be: {expected}"
    return StoreError(said, kind="illegal_argument_exception")


def _unknown(method: str, path: str) -> StoreError:
    return StoreError(f"no handler found for uri [{path[:200]}] and method [{method[:20]}]")


def _request(method: str, index: str, verb: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read a request to an index or to all, by the verb in its path."""

    def request(operation: str, **fields: Any) -> StoreRequest:
        return StoreRequest(protocol=name, operation=operation, index=index, **fields)

    match verb:
        case "":
            return _index(method, index, body)
        case "_search":
            raw = _json(body)
            extra = {"source": raw.get("_source", True), "field_words": query.get("q", "")}
            return request("query", queries=(search(raw, query),), extra=extra)
        case "_msearch":
            return _msearch(index, query, body)
        case "_count":
            return request("count", where=filter_of(_json(body)))
        case "_delete_by_query":
            return request("delete", where=filter_of(_json(body)), extra={"by": "query"})
        case "_bulk":
            return _bulk(index, body)
        case "_mget":
            ids = [one.get("_id") for one in json.tables(_json(body), "docs")] or json.texts(_json(body), "ids")
            return request("get", ids=tuple(str(id) for id in ids), extra={"many": True})
        case "_mapping" | "_mappings" | "_settings" if method == "GET":
            return request("describe")
        case "_alias" | "_aliases" if method in ("GET", "HEAD"):
            return request("list", extra={"path": verb})
        case "_cat":
            return request("list", extra={"path": verb})
        case "_cluster" | "_nodes" | "_xpack" | "_license":
            return request("info", extra={"path": verb})
        case "_refresh" | "_flush" | "_forcemerge" | "_mapping" | "_settings" | "_aliases" | "_open" | "_close":
            return request("done", extra={"path": verb})
        case "_index_template" | "_template" | "_ingest" | "_plugins" | "_ilm" if method in ("PUT", "POST"):
            return request("done", extra={"path": verb})
    raise _unknown(method, f"/{index}/{verb}")


def _index(method: str, index: str, body: bytes) -> StoreRequest:
    """Read a request to an index as a whole."""
    if method in ("GET", "HEAD"):
        return StoreRequest(protocol=name, operation="describe", index=index, extra={"head": method == "HEAD"})
    if method == "DELETE":
        return StoreRequest(protocol=name, operation="drop", index=index)
    if method != "PUT":
        raise _unknown(method, f"/{index}")
    raw = _json(body)
    dimension, metric, field = _mapping(json.table(json.table(raw, "mappings"), "properties"))
    return StoreRequest(
        protocol=name,
        operation="create",
        index=index,
        dimension=dimension,
        metric=metric,
        named=field,
        extra={"mappings": json.table(raw, "mappings"), "settings": json.table(raw, "settings")},
    )


def _mapping(properties: Mapping[str, Any]) -> tuple[int | None, Metric, str]:
    """Return dimension, metric and name of the first vector field that is mapped."""
    for field, mapped in properties.items():
        if isinstance(mapped, dict) and mapped.get("type") in ("knn_vector", "dense_vector"):
            size = json.whole(mapped, "dimension") or json.whole(mapped, "dims")
            method = json.table(mapped, "method")
            space = mapped.get("similarity") or method.get("space_type") or mapped.get("space_type")
            return size, _SPACES.get(space, "cosine") if isinstance(space, str) else "cosine", field
    return None, "cosine", ""


def _document(method: str, named: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read a request to one document."""
    index, id = named["index"], named["id"]
    if method in ("GET", "HEAD"):
        extra = {"one": True, "head": method == "HEAD"}
        return StoreRequest(protocol=name, operation="get", index=index, ids=(id,), extra=extra)
    if method == "DELETE":
        return StoreRequest(protocol=name, operation="delete", index=index, ids=(id,), extra={"by": "id"})
    if method not in ("PUT", "POST"):
        raise _unknown(method, f"/{index}/{named['verb']}/{id}")
    raw = _json(body)
    if named["verb"] == "_update":
        changed = json.table(raw, "doc")
        return StoreRequest(
            protocol=name, operation="update", index=index, ids=(id,), extra={"set": changed, "one": True}
        )
    points = (_point(id, raw),)
    return StoreRequest(
        protocol=name, operation="upsert", index=index, points=points, makes_index=True, extra={"one": True}
    )


def _point(id: str, source: dict[str, Any]) -> Point:
    """Return a document as a point; an id that is not given is left for the store to choose."""
    return Point(id=id, payload=source, vectors=_vectors(source))


def _vectors(source: Mapping[str, Any]) -> dict[str, Vector]:
    """Return the fields of a document that are vectors: lists of at least two numbers, one of them with a fraction."""
    found = {}
    for field, value in source.items():
        if isinstance(value, list) and len(value) > 1 and all(type(x) in (int, float) for x in value):
            found[field] = json.vector_of(value)
    return found


def _lines(body: bytes) -> list[dict[str, Any]]:
    """Read newline-delimited JSON."""
    return [json.decode(line) for line in body.split(b"\n") if line.strip()]


def _msearch(index: str, query: Mapping[str, str], body: bytes) -> StoreRequest:
    """Read several searches: a header and a body each. All go to one index, that of the first header."""
    lines = _lines(body)
    if not lines or len(lines) % 2:
        raise StoreError("no requests added", kind="action_request_validation_exception")
    named = lines[0].get("index")
    named = named[0] if isinstance(named, list) and named else named
    queries = tuple(search(raw, query) for raw in lines[1::2])
    extra = {"many": True, "source": lines[1].get("_source", True)}
    index = index or (named if isinstance(named, str) else "")
    return StoreRequest(protocol=name, operation="query", index=index, queries=queries, extra=extra)


def _bulk(index: str, body: bytes) -> StoreRequest:
    """Read bulk writes. All go to one index, that of the first action; what is deleted is in `ids`."""
    lines, at = _lines(body), 0
    points: list[Point] = []
    gone: list[str] = []
    actions: list[str] = []
    partial: set[str] = set()
    while at < len(lines):
        if len(lines[at]) != 1:
            raise StoreError("Malformed action/metadata line, expected one action")
        ((action, target),) = lines[at].items()
        if action not in ("index", "create", "update", "delete") or not isinstance(target, dict):
            raise StoreError(
                f"Malformed action/metadata line [{at + 1}], expected one of [create, delete, index, update]"
            )
        index = index or json.text(target, "_index")
        id = str(target.get("_id", ""))
        actions.append(action)
        if action == "delete":
            gone.append(id)
            at += 1
            continue
        if at + 1 >= len(lines):
            raise StoreError("The bulk request must be terminated by a newline [\\n]")
        source = lines[at + 1]
        points.append(_point(id, json.table(source, "doc") if action == "update" else source))
        partial |= {id} if action == "update" else set()
        at += 2
    if not actions:
        raise StoreError("no requests added", kind="parse_exception")
    return StoreRequest(
        protocol=name,
        operation="upsert",
        index=index,
        points=tuple(points),
        ids=tuple(gone),
        makes_index=True,
        extra={"bulk": actions, "partial": partial},
    )


def _json(body: bytes) -> dict[str, Any]:
    return json.decode(body) if body.strip() else {}
