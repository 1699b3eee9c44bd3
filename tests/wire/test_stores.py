"""The codecs of stores: what is read, what filters mean, and that any bytes are read or refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gonogo.wire import chroma, opensearch, qdrant, store
from gonogo.wire.store import Clause, Hit, Index, Point, StoreAnswer, StoreError, holds

TENANT = "/api/v2/tenants/default_tenant/databases/default_database/collections"
POINT = Point(
    id="p1",
    payload={"tenant": "a", "n": 5, "ok": True, "tags": ["x", "y"], "meta": {"source": "s.md"}, "when": "2026-01-02"},
    text="The office is open",
)


def qdrant_filter(raw) -> Clause:
    body = json.dumps({"query": [1.0], "filter": raw}).encode()
    return qdrant.parse("POST", "/collections/docs/points/query", {}, body).queries[0].where


def chroma_filter(raw) -> Clause:
    body = json.dumps({"query_embeddings": [[1.0]], **raw}).encode()
    return chroma.parse("POST", f"{TENANT}/docs/query", {}, body).queries[0].where


def opensearch_filter(raw) -> Clause:
    return opensearch.parse("POST", "/docs/_search", {}, json.dumps({"query": raw}).encode()).queries[0].where


@pytest.mark.parametrize(
    ("raw", "passes"),
    [
        ({"must": [{"key": "tenant", "match": {"value": "a"}}]}, True),
        ({"must": {"key": "tenant", "match": {"value": "b"}}}, False),
        ({"must_not": [{"key": "tenant", "match": {"any": ["b", "c"]}}]}, True),
        ({"must": [{"key": "tenant", "match": {"except": ["a"]}}]}, False),
        ({"must": [{"key": "n", "range": {"gte": 5, "lt": 6}}]}, True),
        ({"must": [{"key": "n", "range": {"gt": 5, "lt": None}}]}, False),
        ({"must": [{"key": "when", "range": {"gte": "2026-01-01"}}]}, True),
        ({"should": [{"key": "n", "match": {"value": 1}}, {"key": "ok", "match": {"value": True}}]}, True),
        ({"must": [{"key": "ok", "match": {"value": 1}}]}, False),
        ({"min_should": {"conditions": [{"has_id": ["p1"]}, {"has_id": ["p2"]}], "min_count": 2}}, False),
        ({"must": [{"key": "tags[]", "match": {"value": "y"}}]}, True),
        (
            {"must": [{"nested": {"key": "meta", "filter": {"must": [{"key": "source", "match": {"text": "md"}}]}}}]},
            True,
        ),
        ({"must": [{"is_empty": {"key": "meta.author"}}]}, True),
        ({"must": [{"is_null": {"key": "tenant"}}]}, False),
    ],
)
def test_a_filter_of_qdrant(raw, passes):
    assert holds(qdrant_filter(raw), POINT) is passes


@pytest.mark.parametrize(
    ("raw", "passes"),
    [
        ({"where": {"tenant": "a"}}, True),
        ({"where": {"tenant": {"$ne": "a"}}}, False),
        ({"where": {"missing": {"$nin": ["a"]}}}, True),
        ({"where": {"$and": [{"n": {"$gt": 4}}, {"n": {"$lte": 5}}]}}, True),
        ({"where": {"$or": [{"n": 1}, {"tenant": {"$in": ["b"]}}]}}, False),
        ({"where_document": {"$contains": "office"}}, True),
        ({"where_document": {"$not_contains": "office"}}, False),
        ({"where_document": {"$or": [{"$contains": "shop"}, {"$contains": "open"}]}}, True),
        ({"ids": ["p2"]}, False),
    ],
)
def test_a_filter_of_chroma(raw, passes):
    assert holds(chroma_filter(raw), POINT) is passes


@pytest.mark.parametrize(
    ("raw", "passes"),
    [
        ({"match_all": {}}, True),
        ({"match_none": {}}, False),
        ({"term": {"tenant.keyword": {"value": "a"}}}, True),
        ({"terms": {"tenant": ["b", "c"]}}, False),
        ({"bool": {"filter": [{"range": {"n": {"gte": 5}}}], "must_not": {"exists": {"field": "gone"}}}}, True),
        ({"bool": {"should": [{"term": {"n": 1}}, {"term": {"n": 2}}]}}, False),
        ({"bool": {"filter": {"term": {"n": 5}}, "should": [{"term": {"n": 1}}]}}, True),
        ({"bool": {"should": [{"term": {"n": 5}}, {"term": {"n": 1}}], "minimum_should_match": 2}}, False),
        ({"constant_score": {"filter": {"ids": {"values": ["p1"]}}}}, True),
        ({"wildcard": {"meta.source": "*.md"}}, True),
        ({"prefix": {"meta.source": "x"}}, False),
        ({"match": {"tags": "y z"}}, True),
        ({"match_phrase": {"meta.source": "md s"}}, False),
        ({"multi_match": {"query": "office", "fields": ["title^2", "*"]}}, True),
        ({"knn": {"v": {"vector": [1], "k": 1, "filter": {"term": {"tenant": "b"}}}}}, False),
        ({"script_score": {"query": {"term": {"n": 5}}, "script": {"params": {"query_value": [1.0]}}}}, True),
    ],
)
def test_a_query_of_opensearch(raw, passes):
    assert holds(opensearch_filter(raw), POINT) is passes


@pytest.mark.parametrize("kind", ["qdrant", "chroma", "opensearch"])
def test_a_filter_that_is_nested_too_deep_is_refused(kind):
    deep = {"must": []} if kind == "qdrant" else {"a": 1} if kind == "chroma" else {"match_all": {}}
    for _ in range(store.DEPTH + 1):
        inner = {"$and": [deep]} if kind == "chroma" else {"must": [deep]}
        deep = {"bool": inner} if kind == "opensearch" else inner
    read = {"qdrant": qdrant_filter, "opensearch": opensearch_filter}
    with pytest.raises(StoreError):
        read[kind](deep) if kind != "chroma" else chroma_filter({"where": deep})


def test_distances_and_scores_are_those_of_the_protocol():
    hit = (Hit(Point(id="1", text="x"), 0.5),)
    found = {
        metric: StoreAnswer(hits=(hit,), indexes=(Index(name="docs", metric=metric),)) for metric in ("cosine", "dot")
    }
    far = StoreAnswer(hits=((Hit(Point(id="1"), -4.0),),), indexes=(Index(name="docs", metric="l2"),))
    asked = qdrant.parse("POST", "/collections/docs/points/search", {}, b'{"vector": [1]}')
    scores = [json.loads(qdrant.answer(asked, a)[1])["result"][0]["score"] for a in (*found.values(), far)]
    assert scores == [0.5, 0.5, 2.0]
    asked = chroma.parse("POST", f"{TENANT}/docs/query", {}, b'{"query_embeddings": [[1]]}')
    distances = [json.loads(chroma.answer(asked, a)[1])["distances"] for a in (*found.values(), far)]
    assert distances == [[[0.5]], [[0.5]], [[4.0]]]
    asked = opensearch.parse("POST", "/docs/_search", {}, b'{"query": {"knn": {"v": {"vector": [1], "k": 1}}}}')
    scores = [json.loads(opensearch.answer(asked, a)[1])["hits"]["max_score"] for a in (*found.values(), far)]
    assert scores == [0.75, 1.5, 0.2]


CODECS = {codec.name: codec for codec in (qdrant, chroma, opensearch)}
PATHS = {
    "qdrant": [
        "/collections/d",
        *(f"/collections/d/points{end}" for end in ("", "/query", "/scroll", "/delete", "/payload", "/7")),
        *(f"/collections/d/points/{kind}/batch" for kind in ("search", "query")),
    ],
    "chroma": [
        TENANT,
        *(f"{TENANT}/d/{verb}" for verb in ("add", "query", "get", "delete", "update", "count")),
        "/api/v2/x",
    ],
    "opensearch": [
        "/d",
        "/_bulk",
        "/_msearch",
        *(f"/d/{verb}" for verb in ("_search", "_count", "_doc/1", "_update/1", "_mget")),
    ],
}
SOURCES = Path(store.__file__).parent
WORDS = sorted(
    {
        word
        for path in SOURCES.glob("*.py")
        if path.stem.startswith(tuple(CODECS))
        for word in re.findall(r'"([$A-Za-z_]{1,30})"', path.read_text())
    }
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from([*WORDS, "", "x"])
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=14,
)
BODIES = st.binary(max_size=40) | st.dictionaries(st.sampled_from(WORDS), NESTED, max_size=5).map(
    lambda body: json.dumps(body).encode()
)


@pytest.mark.parametrize("name", CODECS)
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), body=BODIES, method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE"]))
@example(data=None, body=b'{"query":' * 3000, method="POST")
@example(data=None, body=b'{"vector": [1' + b"9" * 400 + b"]}", method="POST")
def test_any_bytes_are_read_or_refused(name, data, body, method):
    codec = CODECS[name]
    path = data.draw(st.sampled_from(PATHS[name])) if data else PATHS[name][2]
    lines = json.dumps({"index": {}}).encode() + b"\n" + body + b"\n"
    for sent in (body, lines):
        try:
            request = codec.parse(method, path, {}, sent)
        except StoreError as problem:
            assert codec.error(problem.status, problem.message, problem.kind).status == problem.status >= 400
            continue
        for query in request.queries:
            holds(query.where, POINT)
        holds(request.where, POINT)
        hits = tuple((Hit(POINT, 0.5),) for _ in request.queries)
        answer = StoreAnswer(hits=hits, points=(POINT,), indexes=(Index(name="d"),))
        status, written = codec.answer(request, answer)
        assert status < 500
        assert isinstance(written, bytes)
