"""What Chroma says: the results of its HTTP API."""

from __future__ import annotations

from typing import Any

from gonogo.wire.store import Hit, Index, Metric, Point, StoreAnswer, StoreRequest

MAX_BATCH = 5461
VERSION = "1.0.0"
SPACES: dict[Metric, str] = {"cosine": "cosine", "dot": "ip", "l2": "l2"}
INFO = tuple(f"/api/v2{path}" for path in ("", "/heartbeat", "/healthcheck", "/version", "/pre-flight-checks"))
INFO += ("/api/v2/auth/identity", "/api/v2/reset")


def result(request: StoreRequest, answer: StoreAnswer) -> Any:
    """Return the body of an answer."""
    match request.operation:
        case "info":
            return _info(request, answer)
        case "list" if request.extra.get("count"):
            return len(answer.indexes)
        case "list":
            return [_collection(index, request) for index in answer.indexes]
        case "create" | "describe":
            return _collection(answer.indexes[0], request)
        case "count":
            return answer.count
        case "get":
            parts = _columns(answer.points, request.shown)
            return {**parts, "include": _include(request.shown)}
        case "query":
            return _found(request, answer)
        case "delete":
            return {"deleted": answer.count}
    return {}


def _found(request: StoreRequest, answer: StoreAnswer) -> dict[str, Any]:
    """Return the columns of every query, side by side."""
    metric = answer.indexes[0].metric if answer.indexes else "l2"
    shown = request.queries[0].shown if request.queries else frozenset[str]()
    each = [_columns(tuple(hit.point for hit in hits), shown) for hits in answer.hits]
    names = ("ids", "embeddings", "documents", "uris", "metadatas")
    columns = {name: [one[name] for one in each] if name == "ids" or name in shown else None for name in names}
    distances = [[_distance(hit, metric) for hit in hits] for hits in answer.hits] if "distances" in shown else None
    return {**columns, "distances": distances, "include": _include(shown)}


def _distance(hit: Hit, metric: Metric) -> float:
    return -hit.score if metric == "l2" else 1.0 - hit.score


def _columns(points: tuple[Point, ...], shown: frozenset[str]) -> dict[str, Any]:
    """Return the records column by column; parts that are not asked for are null."""
    columns: dict[str, list[Any]] = {
        "ids": [str(point.id) for point in points],
        "embeddings": [next(iter(point.vectors.values()), None) for point in points],
        "documents": [point.text for point in points],
        "uris": [None for _ in points],
        "metadatas": [_metadata(point) for point in points],
    }
    return {name: column if name == "ids" or name in shown else None for name, column in columns.items()}


def _metadata(point: Point) -> dict[str, Any] | None:
    """Return the metadata: flat, and without a second copy of the document."""
    flat = {
        key: value
        for key, value in point.payload.items()
        if isinstance(value, str | int | float | bool) and value != point.text
    }
    return flat or None


def _include(shown: frozenset[str]) -> list[str]:
    return [part for part in ("distances", "documents", "embeddings", "metadatas", "uris") if part in shown]


def _collection(index: Index, request: StoreRequest) -> dict[str, Any]:
    """Return the description of a collection."""
    hnsw = {
        "space": SPACES[index.metric],
        "ef_construction": 100,
        "ef_search": 100,
        "max_neighbors": 16,
        "resize_factor": 1.2,
        "sync_threshold": 1000,
    }
    return {
        "id": index.id,
        "name": index.name,
        "configuration_json": {"hnsw": hnsw, "spann": None, "embedding_function": None},
        "schema": None,
        "metadata": index.extra.get("metadata"),
        "dimension": index.dimension,
        "tenant": request.extra.get("tenant", "default_tenant"),
        "database": request.extra.get("database", "default_database"),
        "log_position": 0,
        "version": 0,
    }


def _info(request: StoreRequest, answer: StoreAnswer) -> Any:
    """Return what the server says of itself, its tenants and its databases; `count` is the time in nanoseconds."""
    extra = request.extra
    match extra["path"].removeprefix("/api/v2"):
        case "tenant":
            return {"name": extra["tenant"], "resource_name": None} if extra["tenant"] else {}
        case "database":
            nil = "00000000-0000-0000-0000-000000000000"
            return {"id": nil, "name": extra["database"], "tenant": extra["tenant"]} if extra["database"] else {}
        case "/version":
            return VERSION
        case "/pre-flight-checks":
            return {"max_batch_size": MAX_BATCH, "supports_base64_encoding": False}
        case "/auth/identity":
            return {"user_id": "", "tenant": "default_tenant", "databases": ["default_database"]}
        case "/healthcheck":
            return {"is_executor_ready": True, "is_log_client_ready": True}
        case "/reset":
            return True
    return {"nanosecond heartbeat": answer.count}
