"""What Qdrant says: the results of its REST API."""

from __future__ import annotations

from math import sqrt
from typing import Any

from gonogo.wire import body as json
from gonogo.wire.store import Hit, Index, Metric, Point, Query, StoreAnswer, StoreRequest

VERSION = "1.15.4"
HEALTH = ("/healthz", "/livez", "/readyz")

_DISTANCES = {"cosine": "Cosine", "dot": "Dot", "l2": "Euclid"}


def result(request: StoreRequest, answer: StoreAnswer) -> Any:
    """Return what stands under `result`."""
    match request.operation:
        case "list":
            return {"collections": [{"name": index.name} for index in answer.indexes]}
        case "describe" if request.extra.get("exists"):
            return {"exists": bool(answer.indexes)}
        case "describe":
            return _described(answer.indexes[0])
        case "count":
            return {"count": answer.count}
        case "query":
            metric = answer.indexes[0].metric if answer.indexes else "cosine"
            found = [
                [_scored(hit, metric, query) for hit in hits]
                for hits, query in zip(answer.hits, request.queries, strict=True)
            ]
            results: list[Any] = found if request.extra["flat"] else [{"points": hits} for hits in found]
            return results if request.extra.get("batch") else results[0]
        case "get" if request.extra.get("scroll"):
            following = request.offset + len(answer.points) if answer.more else None
            return {"points": [_record(point, request.shown) for point in answer.points], "next_page_offset": following}
        case "get" if request.extra.get("one"):
            return _record(answer.points[0], request.shown) if answer.points else None
        case "get":
            return [_record(point, request.shown) for point in answer.points]
        case "done" if not request.extra["points"]:
            return True
        case "upsert" | "update" | "delete" | "done":
            return {"operation_id": 0, "status": "completed"}
    return True


def _record(point: Point, shown: frozenset[str]) -> dict[str, Any]:
    """Return a point as it is read back."""
    record: dict[str, Any] = {"id": point.id}
    if "payload" in shown:
        record["payload"] = point.payload
    if "vector" in shown:
        unnamed = set(point.vectors) == {""}
        record["vector"] = point.vectors[""] if unnamed else point.vectors
    return record


def _scored(hit: Hit, metric: Metric, query: Query) -> dict[str, Any]:
    """Return a point that was found; the score of Euclid is the distance."""
    score = sqrt(max(0.0, -hit.score)) if metric == "l2" else hit.score
    return {**_record(hit.point, query.shown), "version": hit.point.version, "score": score}


def _described(index: Index) -> dict[str, Any]:
    """Return the description of a collection."""
    vectors: dict[str, Any] = {"size": index.dimension or 0, "distance": _DISTANCES[index.metric]}
    return {
        "status": "green",
        "optimizer_status": "ok",
        "indexed_vectors_count": 0,
        "points_count": index.count,
        "segments_count": 1,
        "config": {
            "params": {
                "vectors": {index.named: vectors} if index.named else vectors,
                "shard_number": 1,
                "replication_factor": 1,
                "write_consistency_factor": 1,
                "on_disk_payload": True,
            },
            "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0},
            "optimizer_config": {
                "deleted_threshold": 0.2,
                "vacuum_min_vector_number": 1000,
                "default_segment_number": 0,
                "flush_interval_sec": 5,
            },
            "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
        },
        "payload_schema": {},
    }


def info(path: str, version: str) -> bytes:
    """Return what the server says of itself."""
    if path == "/":
        return json.encode({"title": "qdrant - vector search engine", "version": version or VERSION, "commit": ""})
    return path.removeprefix("/").encode() + b" check passed" if path in HEALTH else json.encode({})
