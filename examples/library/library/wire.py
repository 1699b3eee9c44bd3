"""Calls to the model provider and to the store, each under the trace of the request that it is made for."""

import json
import os
import urllib.error
import urllib.request

QDRANT = os.environ["QDRANT_URL"].rstrip("/")
STORE = f"{QDRANT}/collections/handbook"
CHAT_MODEL = "gpt-4o-2024-11-20"
EMBEDDING_MODEL = "text-embedding-3-small"
DIMENSION = 64
TIMEOUT_S = 5.0
STORE_TIMEOUT_S = 2.0


def chat(messages, trace):
    """Return what the model answers."""
    body = {"model": CHAT_MODEL, "max_tokens": 300, "temperature": 0.2, "messages": messages}
    return provider("/chat/completions", body, trace)["choices"][0]["message"]["content"]


def embedded(texts, trace, timeout=TIMEOUT_S):
    """Return a vector for each text; raises ValueError where one is not as long as those of the index."""
    body = {"model": EMBEDDING_MODEL, "dimensions": DIMENSION, "input": texts}
    vectors = [item["embedding"] for item in provider("/embeddings", body, trace, timeout)["data"]]
    if len(vectors) != len(texts) or any(len(vector) != DIMENSION for vector in vectors):
        raise ValueError(f"{EMBEDDING_MODEL} did not give a vector of {DIMENSION} numbers for each text")
    return vectors


def provider(path, body, trace, timeout=TIMEOUT_S):
    key = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
    return sent("POST", os.environ["OPENAI_BASE_URL"].rstrip("/") + path, body, trace, key, timeout)


def store(method, path, body=None, trace=None):
    """Return the store's answer about the collection; raises OSError where it is away."""
    return sent(method, STORE + path, body, trace, {}, STORE_TIMEOUT_S)["result"]


def sent(method, url, body, trace, headers, timeout):
    headers = {"Content-Type": "application/json", **headers}
    if trace:
        headers["traceparent"] = f"00-{trace}-{trace[:16]}-01"
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as reply:
        return json.loads(reply.read(10_000_000))
