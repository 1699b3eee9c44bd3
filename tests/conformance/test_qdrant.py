"""Qdrant's official client against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import pytest
from qdrant_client import QdrantClient
from qdrant_client import models as m
from qdrant_client.common.version_check import is_compatible
from qdrant_client.http.exceptions import UnexpectedResponse


@pytest.fixture
def client(ports: dict[str, int]) -> Iterator[QdrantClient]:
    # It looks at the server's version in a thread that nobody waits for; `test_the_version_fits` does the same.
    made = QdrantClient(url=f"http://127.0.0.1:{ports['store']}", check_compatibility=False)
    made.create_collection("docs", vectors_config=m.VectorParams(size=3, distance=m.Distance.COSINE))
    payloads = [{"text": "a", "n": 1, "meta": {"tenant": "x"}}, {"text": "b", "n": 5, "meta": {"tenant": "y"}}]
    points = [
        m.PointStruct(id=1, vector=[1, 0, 0], payload=payloads[0]),
        m.PointStruct(id=2, vector=[0, 1, 0], payload=payloads[1]),
    ]
    made.upsert("docs", points)
    yield made
    made.delete_collection("docs")
    made.close()


def test_the_version_fits(client: QdrantClient) -> None:
    assert is_compatible(version("qdrant-client"), client.info().version)


def test_a_collection_is_described(client: QdrantClient) -> None:
    assert client.collection_exists("docs")
    assert not client.collection_exists("other")
    described = client.get_collection("docs")
    assert (described.points_count, described.config.params.vectors.size) == (2, 3)
    assert [one.name for one in client.get_collections().collections] == ["docs"]
    index = client.create_payload_index("docs", "meta.tenant", m.PayloadSchemaType.KEYWORD)
    assert index.status == m.UpdateStatus.COMPLETED


def test_points_are_found_by_vector_and_filter(client: QdrantClient) -> None:
    found = client.query_points("docs", query=[1, 0.1, 0], limit=2, with_vectors=True).points
    assert [(point.id, round(point.score, 3)) for point in found] == [(1, 0.995), (2, 0.1)]
    assert found[0].vector == [1.0, 0.0, 0.0]
    tenant = m.FieldCondition(key="meta.tenant", match=m.MatchValue(value="y"))
    large = m.FieldCondition(key="n", range=m.Range(gte=2))
    kept = client.query_points("docs", query=[1, 0, 0], query_filter=m.Filter(must=[tenant, large])).points
    assert [point.id for point in kept] == [2]
    batch = client.query_batch_points("docs", [m.QueryRequest(query=[1, 0, 0], limit=1)] * 2)
    assert [[point.id for point in one.points] for one in batch] == [[1], [1]]


def test_points_are_read_changed_and_deleted(client: QdrantClient) -> None:
    first, after = client.scroll("docs", limit=1)
    assert ([point.id for point in first], after) == ([1], 1)
    assert client.scroll("docs", limit=1, offset=after)[0][0].payload["text"] == "b"
    client.set_payload("docs", {"z": 1}, points=[1])
    assert client.retrieve("docs", [1])[0].payload["z"] == 1
    client.delete("docs", m.PointIdsList(points=[1]))
    assert client.count("docs").count == 1


def test_errors_are_those_of_the_server(client: QdrantClient) -> None:
    with pytest.raises(UnexpectedResponse, match="expected dim: 3, got 2"):
        client.upsert("docs", [m.PointStruct(id=3, vector=[1, 2])])
    with pytest.raises(UnexpectedResponse, match="Collection `nope` doesn"):
        client.get_collection("nope")
