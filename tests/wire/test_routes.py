"""Which codec a request goes to."""

from __future__ import annotations

import pytest

from gonogo.wire import routes

KNOWN = [
    ("POST", "/v1/chat/completions", "openai_chat", "chat", ""),
    ("POST", "/chat/completions", "openai_chat", "chat", ""),
    ("POST", "/openai/v1/chat/completions", "openai_chat", "chat", ""),
    ("POST", "/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21", "openai_chat", "chat", "gpt-x"),
    ("POST", "/openai/deployments/gpt-x/completions?api-version=1", "openai_completions", "chat", "gpt-x"),
    ("POST", "/openai/deployments/a%2Fb/embeddings?api-version=1", "openai_embeddings", "embeddings", "a/b"),
    ("POST", "/v1/completions", "openai_completions", "chat", ""),
    ("POST", "/v1/responses", "openai_responses", "chat", ""),
    ("POST", "/v1/responses/input_tokens", "openai_responses", "count_tokens", ""),
    ("POST", "/v1/embeddings", "openai_embeddings", "embeddings", ""),
    ("POST", "/v1/moderations", "openai_moderations", "moderation", ""),
    ("GET", "/v1/models", "openai_models", "models", ""),
    ("GET", "/v1/models/", "openai_models", "models", ""),
    ("GET", "/v1/models/org/name", "openai_models", "models", "org/name"),
    ("GET", "/v1beta/models", "gemini_generate", "models", ""),
    ("GET", "/v1beta/models/gemini-x", "gemini_generate", "models", "gemini-x"),
    ("GET", "/v1beta/openai/models", "openai_models", "models", ""),
    ("POST", "/v1beta/models/gemini-x:generateContent", "gemini_generate", "chat", "gemini-x"),
    ("POST", "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", "gemini_generate", "chat", "gemini-x"),
    (
        "POST",
        "/v1/projects/p/locations/l/publishers/google/models/x:countTokens",
        "gemini_generate",
        "count_tokens",
        "x",
    ),
    ("POST", "/v1beta/models/x:batchEmbedContents", "gemini_generate", "embeddings", "x"),
    ("POST", "/v2/chat", "cohere_chat", "chat", ""),
    ("POST", "/v2/embed", "cohere_chat", "embeddings", ""),
    ("POST", "/v2/rerank", "cohere_chat", "rerank", ""),
    ("POST", "/api/chat", "ollama", "chat", ""),
    ("POST", "/api/generate", "ollama", "chat", ""),
    ("POST", "/api/embed", "ollama", "embeddings", ""),
    ("POST", "/api/embeddings", "ollama", "embeddings", ""),
    ("GET", "/api/tags", "ollama", "models", ""),
    ("POST", "/v1/messages", "anthropic_messages", "chat", ""),
    ("POST", "/anthropic/v1/messages?beta=true", "anthropic_messages", "chat", ""),
    ("POST", "/v1/messages/count_tokens", "anthropic_messages", "count_tokens", ""),
]


@pytest.mark.parametrize(("method", "path", "codec", "operation", "model"), KNOWN, ids=lambda value: str(value))
def test_a_path_leads_to_its_codec(method: str, path: str, codec: str, operation: str, model: str) -> None:
    found = routes.find(method, path)
    assert found is not None
    assert (found.codec.name, found.operation, found.model) == (codec, operation, model)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/v1/threads/1/messages"),
        ("GET", "/v1/chat/completions"),
        ("POST", "/v1/other"),
        ("POST", ""),
        ("POST", "/models/" * 9999),
    ],
)
def test_an_unknown_request_leads_nowhere(method: str, path: str) -> None:
    assert routes.find(method, path) is None


@pytest.mark.parametrize(
    ("method", "path", "header", "codec"),
    [
        ("GET", "/v1/models/m", {"anthropic-version": "2023-06-01"}, "anthropic_messages"),
        ("GET", "/v1/models/m", {"x-goog-api-key": "k"}, "gemini_generate"),
        ("GET", "/v1/models/m", {}, "openai_models"),
        ("POST", "/v1/chat/completions", {"user-agent": "mistral-client-python/2.1"}, "mistral"),
        ("POST", "/v1/chat/completions", {"user-agent": "OpenAI/Python 2"}, "openai_chat"),
    ],
)
def test_headers_tell_apart_what_providers_call_the_same(
    method: str, path: str, header: dict[str, str], codec: str
) -> None:
    found = routes.find(method, path, routes.host_of({"host": "127.0.0.1:8000"} | header))
    assert found is not None
    assert found.codec.name == codec


def test_a_request_to_the_provider_itself_is_known_by_its_host() -> None:
    found = routes.find("POST", "/v1/embeddings", "api.mistral.ai:443")
    assert found is not None
    assert found.codec.name == "mistral"


def test_every_codec_is_named_as_its_module() -> None:
    assert all(codec.name == codec.__name__.rpartition(".")[2] for codec in routes.CODECS)  # type: ignore[attr-defined]
