"""What OpenSearch and Elasticsearch say: the results of their REST API."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from gonogo.wire.store import Hit, Index, Metric, Point, Query, StoreAnswer, StoreRequest

VERSION = "2.19.3"
_SHARDS = {"total": 1, "successful": 1, "failed": 0}


def result(request: StoreRequest, answer: StoreAnswer) -> tuple[int, Any]:
    """Return status and body of an answer; a body of None is empty."""
    match request.operation:
        case "info":
            return 200, _info(request.extra["path"])
        case "list":
            return 200, _listed(request, answer)
        case "create":
            return 200, {"acknowledged": True, "shards_acknowledged": True, "index": request.index}
        case "describe":
            return 200, None if request.extra.get("head") else {
                index.name: _described(index) for index in answer.indexes
            }
        case "count":
            return 200, {"count": answer.count, "_shards": {**_SHARDS, "skipped": 0}}
        case "query":
            found = [_found(request, answer, *pair) for pair in zip(answer.hits, request.queries, strict=True)]
            return 200, {"took": 1, "responses": found} if request.extra.get("many") else found[0]
        case "get":
            return _got(request, answer)
        case "upsert" if "bulk" in request.extra:
            return 200, _bulk(request)
        case "upsert" | "update":
            id = request.points[0].id if request.points else (request.ids or ("",))[0]
            return 201 if request.operation == "upsert" else 200, _written(request.index, id, request.operation)
        case "delete":
            return _deleted(request, answer)
    return 200, {"acknowledged": True, "_shards": _SHARDS}


def _found(request: StoreRequest, answer: StoreAnswer, hits: tuple[Hit, ...], query: Query) -> dict[str, Any]:
    """Return the answer to one search."""
    index = answer.indexes[0] if answer.indexes else Index(name=request.index)
    source = request.extra.get("source", True)
    shown = [
        {
            "_index": index.name,
            "_id": str(hit.point.id),
            "_score": _score(hit.score, index.metric, query),
            **({} if source is False else {"_source": _source(hit.point.payload, source)}),
        }
        for hit in hits
    ]
    total = {"value": len(shown), "relation": "eq"}
    best = shown[0]["_score"] if shown else None
    return {
        "took": 1,
        "timed_out": False,
        "_shards": {**_SHARDS, "skipped": 0},
        "hits": {"total": total, "max_score": best, "hits": shown},
        **({"status": 200} if request.extra.get("many") else {}),
    }


def _score(score: float, metric: Metric, query: Query) -> float:
    """Return a similarity as the servers scale it: never below zero."""
    if query.vector is None:
        return score
    if metric == "l2":
        return 1 / (1 - score)
    if metric == "dot":
        return score + 1 if score > 0 else 1 / (1 - score)
    return (1 + score) / 2


def _source(payload: dict[str, Any], wanted: Any) -> dict[str, Any]:
    """Return the fields of a document that a search asks for."""
    if wanted is True:
        return payload
    named = wanted if isinstance(wanted, dict) else {"includes": wanted}
    included = _globs(named.get("includes", named.get("include")))
    excluded = _globs(named.get("excludes", named.get("exclude")))

    def among(field: str, globs: tuple[str, ...]) -> bool:
        return any(fnmatchcase(field, glob) or glob.startswith(f"{field}.") for glob in globs)

    return {
        field: value
        for field, value in payload.items()
        if (not included or among(field, included)) and not any(fnmatchcase(field, glob) for glob in excluded)
    }


def _globs(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(one for one in values if isinstance(one, str))


def _got(request: StoreRequest, answer: StoreAnswer) -> tuple[int, Any]:
    """Return one document, or several."""
    found = {str(point.id): point for point in answer.points}
    if request.extra.get("many"):
        return 200, {"docs": [_record(request.index, str(id), found.get(str(id))) for id in request.ids or ()]}
    id = str((request.ids or ("",))[0])
    status = 200 if id in found else 404
    return status, None if request.extra.get("head") else _record(request.index, id, found.get(id))


def _record(index: str, id: str, point: Point | None) -> dict[str, Any]:
    if point is None:
        return {"_index": index, "_id": id, "found": False}
    told = {"_version": point.version, "_seq_no": 0, "_primary_term": 1}
    return {"_index": index, "_id": id, **told, "found": True, "_source": point.payload}


def _written(index: str, id: str | int, operation: str) -> dict[str, Any]:
    said = {"upsert": "created", "update": "updated"}.get(operation, operation)
    return {
        "_index": index,
        "_id": str(id),
        "_version": 1,
        "result": said,
        "_shards": _SHARDS,
        "_seq_no": 0,
        "_primary_term": 1,
    }


def _bulk(request: StoreRequest) -> dict[str, Any]:
    """Return what became of each action."""
    written, gone = iter(request.points), iter(request.ids or ())
    items = []
    for action in request.extra["bulk"]:
        id = next(gone) if action == "delete" else next(written).id
        said, status = _SAID[action]
        items.append({action: {**_written(request.index, id, said), "status": status}})
    return {"took": 1, "errors": False, "items": items}


_SAID = {"index": ("created", 201), "create": ("created", 201), "update": ("updated", 200), "delete": ("deleted", 200)}


def _deleted(request: StoreRequest, answer: StoreAnswer) -> tuple[int, Any]:
    if request.extra.get("by") == "query":
        return 200, {"took": 1, "timed_out": False, "total": answer.count, "deleted": answer.count, "failures": []}
    written = _written(request.index, (request.ids or ("",))[0], "deleted" if answer.count else "not_found")
    return 200 if answer.count else 404, written


def _described(index: Index) -> dict[str, Any]:
    settings = index.extra.get("settings", {})
    return {
        "aliases": {},
        "mappings": index.extra.get("mappings", {}),
        "settings": {"index": {"number_of_shards": "1", "number_of_replicas": "0", **settings.get("index", {})}},
    }


def _listed(request: StoreRequest, answer: StoreAnswer) -> Any:
    if request.extra.get("path") == "_cat":
        return [
            {"health": "green", "status": "open", "index": one.name, "docs.count": str(one.count)}
            for one in answer.indexes
        ]
    return {index.name: {"aliases": {}} for index in answer.indexes}


def _info(path: str) -> Any:
    """Return what the server says of itself."""
    if path == "_cluster":
        counts = {"number_of_nodes": 1, "number_of_data_nodes": 1, "active_primary_shards": 1, "active_shards": 1}
        return {"cluster_name": "lab", "status": "green", "timed_out": False, **counts, "unassigned_shards": 0}
    if path != "/":
        return {}
    return {
        "name": "node-1",
        "cluster_name": "lab",
        "cluster_uuid": "0000000000000000000000",
        "version": {
            "distribution": "opensearch",
            "number": VERSION,
            "build_type": "tar",
            "build_flavor": "default",
            "lucene_version": "9.12.2",
            "minimum_wire_compatibility_version": "7.10.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
    }
