"""Chroma's official HTTP client against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import chromadb
import pytest
from chromadb.api.models.Collection import Collection
from chromadb.errors import ChromaError, InvalidArgumentError, NotFoundError


@pytest.fixture(scope="module")
def client(ports: dict[str, int]) -> chromadb.ClientAPI:
    settings = chromadb.Settings(anonymized_telemetry=False)
    return chromadb.HttpClient(host="127.0.0.1", port=ports["store"], settings=settings)


@pytest.fixture
def docs(client: chromadb.ClientAPI) -> Iterator[Collection]:
    made = client.create_collection("docs", metadata={"hnsw:space": "cosine"}, embedding_function=None)
    made.add(
        ids=["a", "b"],
        embeddings=[[1, 0, 0], [0, 1, 0]],
        documents=["hello world", "bye"],
        metadatas=[{"s": "x", "n": 1}, {"s": "y", "n": 4}],
    )
    yield made
    client.delete_collection("docs")


def test_the_server_is_there(client: chromadb.ClientAPI) -> None:
    assert client.heartbeat() > 0
    assert client.get_version() == "1.0.0"


def test_documents_are_found_by_vector_and_filter(docs: Collection) -> None:
    found = docs.query(query_embeddings=[[1, 0.1, 0]], n_results=2)
    assert (found["ids"], found["documents"]) == ([["a", "b"]], [["hello world", "bye"]])
    assert found["distances"][0] == pytest.approx([0.00496, 0.9005], abs=1e-4)
    where = {"$and": [{"s": {"$in": ["y"]}}, {"n": {"$gt": 2}}]}
    kept = docs.query(query_embeddings=[[1, 0.1, 0]], where=where, include=["embeddings", "metadatas"])
    assert (kept["ids"], kept["metadatas"], kept["documents"]) == ([["b"]], [[{"s": "y", "n": 4}]], None)
    assert list(kept["embeddings"][0][0]) == [0.0, 1.0, 0.0]
    assert docs.query(query_embeddings=[[1, 0, 0]], where_document={"$contains": "bye"})["ids"] == [["b"]]


def test_documents_are_read_changed_and_deleted(client: chromadb.ClientAPI, docs: Collection) -> None:
    assert client.get_or_create_collection("docs", embedding_function=None).id == docs.id
    docs.update(ids=["a"], metadatas=[{"z": 1}])
    assert docs.get(ids=["a"])["metadatas"] == [{"s": "x", "n": 1, "z": 1}]
    docs.upsert(ids=["c"], embeddings=[[0, 0, 1]])
    docs.delete(ids=["a"])
    assert (docs.count(), docs.peek(1)["ids"]) == (2, ["b"])
    assert [one.name for one in client.list_collections()] == ["docs"]


def test_errors_are_those_of_the_server(client: chromadb.ClientAPI, docs: Collection) -> None:
    with pytest.raises(InvalidArgumentError, match="dimension of 3, got 2"):
        docs.query(query_embeddings=[[1, 0]])
    with pytest.raises(NotFoundError, match=r"\[nope\] does not exist"):
        client.get_collection("nope")
    with pytest.raises(ChromaError, match="already exists"):
        client.create_collection("docs")
