"""The official clients of OpenSearch and Elasticsearch against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import elasticsearch
import elasticsearch.helpers
import opensearchpy
import pytest
from elasticsearch import Elasticsearch
from opensearchpy import OpenSearch

DOCUMENTS = [
    {"_index": "docs", "_id": "1", "text": "the office is open", "vector": [1, 0, 0], "metadata": {"tenant": "x"}},
    {
        "_index": "docs",
        "_id": "2",
        "text": "returns in 30 days",
        "vector": [0, 1, 0.5],
        "metadata": {"tenant": "y"},
        "n": 5,
    },
]


@pytest.fixture
def opensearch(ports: dict[str, int]) -> Iterator[OpenSearch]:
    client = OpenSearch(f"http://127.0.0.1:{ports['store']}")
    vector = {"type": "knn_vector", "dimension": 3, "method": {"name": "hnsw", "space_type": "cosinesimil"}}
    client.indices.create(index="docs", body={"mappings": {"properties": {"vector": vector}}})
    assert opensearchpy.helpers.bulk(client, DOCUMENTS, refresh=True) == (2, [])
    yield client
    client.indices.delete(index="docs")
    client.close()


@pytest.fixture
def elastic(ports: dict[str, int]) -> Iterator[Elasticsearch]:
    client = Elasticsearch(f"http://127.0.0.1:{ports['store']}")
    mapped = {"vector": {"type": "dense_vector", "dims": 3, "similarity": "cosine"}}
    client.indices.create(index="docs", mappings={"properties": mapped})
    assert elasticsearch.helpers.bulk(client, DOCUMENTS, refresh=True) == (2, [])
    yield client
    client.indices.delete(index="docs")
    client.close()


def ids(answer: dict) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def test_opensearch_finds_by_vector_words_and_filter(opensearch: OpenSearch) -> None:
    knn = {"knn": {"vector": {"vector": [1, 0.1, 0], "k": 2}}}
    found = opensearch.search(index="docs", body={"size": 2, "query": knn, "_source": {"excludes": ["vector"]}})
    assert ids(found) == ["1", "2"]
    assert found["hits"]["max_score"] == pytest.approx(0.9975, abs=1e-4)
    assert set(found["hits"]["hits"][0]["_source"]) == {"text", "metadata"}
    tenant = {"term": {"metadata.tenant.keyword": "x"}}
    hours = {"bool": {"must": [{"match": {"text": "office hours"}}], "filter": [tenant]}}
    assert ids(opensearch.search(index="docs", body={"query": hours})) == ["1"]
    large = {"bool": {"filter": [{"range": {"n": {"gte": 2}}}]}}
    script = {"source": "knn_score", "lang": "knn", "params": {"field": "vector", "query_value": [1, 0, 0]}}
    exact = {"script_score": {"query": large, "script": script}}
    assert ids(opensearch.search(index="docs", body={"query": exact})) == ["2"]
    many = [{"index": "docs"}, {"query": {"match_all": {}}}, {"index": "docs"}, {"query": knn, "size": 1}]
    assert [ids(one) for one in opensearch.msearch(body=many)["responses"]] == [["1", "2"], ["1"]]


def test_opensearch_reads_changes_and_deletes_documents(opensearch: OpenSearch) -> None:
    assert opensearch.ping()
    assert opensearch.cluster.health()["status"] == "green"
    assert (opensearch.indices.exists(index="docs"), opensearch.indices.exists(index="x")) == (True, False)
    assert opensearch.count(index="docs")["count"] == 2
    opensearch.update(index="docs", id="1", body={"doc": {"q": 1}})
    assert opensearch.get(index="docs", id="1")["_source"]["q"] == 1
    assert opensearch.delete(index="docs", id="1")["result"] == "deleted"
    assert opensearch.exists(index="docs", id="1") is False
    assert opensearch.delete_by_query(index="docs", body={"query": {"match_all": {}}})["deleted"] == 1


def test_opensearch_complains_as_the_server_does(opensearch: OpenSearch) -> None:
    with pytest.raises(opensearchpy.NotFoundError, match="index_not_found_exception"):
        opensearch.indices.get(index="nope")
    with pytest.raises(opensearchpy.RequestError, match="resource_already_exists_exception"):
        opensearch.indices.create(index="docs")
    with pytest.raises(opensearchpy.RequestError, match=r"unknown query \[nonsense\]"):
        opensearch.search(index="docs", body={"query": {"nonsense": {}}})
    with pytest.raises(opensearchpy.RequestError, match="invalid dimension: 1"):
        opensearch.search(index="docs", body={"query": {"knn": {"vector": {"vector": [1], "k": 2}}}})


def test_elasticsearch_takes_it_for_its_own_server(elastic: Elasticsearch) -> None:
    assert elastic.info()["tagline"] == "You Know, for Search"
    near = {"field": "vector", "query_vector": [1, 0, 0], "k": 1, "num_candidates": 10}
    assert ids(elastic.search(index="docs", knn=near, size=1)) == ["1"]
    tenant = [{"term": {"metadata.tenant": "y"}}]
    assert ids(elastic.search(index="docs", knn={**near, "filter": tenant})) == ["2"]
    assert elastic.index(index="docs", document={"text": "new"})["result"] == "created"
    with pytest.raises(elasticsearch.NotFoundError, match=r"no such index \[nope\]"):
        elastic.indices.get(index="nope")
