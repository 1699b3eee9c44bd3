# ruff: noqa: E501  (each program or table row stands on one line)
"""Which model ids are pinned, by what their providers say of them."""

from __future__ import annotations

import pytest

from gonogo.derive.models import pinning, refuses_sampling


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o-2024-08-06", "openai/gpt-4o-mini-2024-07-18", "gpt-4-0613", "gpt-3.5-turbo-0125", "gpt-4-0125-preview",
        "o3-2025-04-16", "ft:gpt-4o-mini-2024-07-18:org::id", "ft:gpt-3.5-turbo:org", "text-embedding-3-small",
        "claude-3-5-sonnet-20241022", "anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-haiku-4-5@20251001",
        "claude-sonnet-4-6", "claude-opus-4-7", "us.anthropic.claude-opus-4-6-v1", "claude-opus-5", "claude-2.1",
        "gemini-1.5-pro-002", "gemini-2.0-flash-001", "gemini-2.5-pro", "gemini-2.5-flash-preview-05-20",
        "mistral-large-2411", "command-r-08-2024", "grok-4-0709", "llama3@sha256:abc",
        "openai:gpt-4o-2024-08-06", "google_genai:gemini-2.5-flash", "bedrock_converse:anthropic.claude-opus-4-7",
    ],
)  # fmt: skip
def test_pinned(model: str) -> None:
    assert pinning(model).pinned is True, pinning(model)


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o", "gpt-4o-mini", "openai/gpt-4.1", "gpt-5", "gpt-5-mini", "gpt-4", "gpt-4-turbo", "gpt-3.5-turbo", "o1", "o3-mini",
        "o4-mini", "chatgpt-4o-latest", "claude-3-5-sonnet-latest", "claude-3-opus", "claude-sonnet-4-5",
        "anthropic/claude-opus-4", "claude-opus-4-1", "gemini-1.5-pro", "gemini-2.0-flash", "gemini-pro",
        "gemini-flash-latest", "mistral-large-latest", "llama3:latest", "deepseek-chat", "command-r-plus", "grok-3",
        "openai:gpt-4o", "anthropic:claude-3-5-sonnet-latest", "google-gla:gemini-2.0-flash", "ollama:llama3:latest",
    ],
)  # fmt: skip
def test_floating(model: str) -> None:
    assert pinning(model).pinned is False, pinning(model)


@pytest.mark.parametrize(
    "model",
    [
        "my-model",
        "llama3",
        "meta-llama/Llama-3.1-8B-Instruct",
        "./models/x.gguf",
        "gpt-oss-120b",
        "ui-tars",
        "",
        "gpt-35-turbo",
        "mistral:7b",
    ],
)
def test_names_that_do_not_tell(model: str) -> None:
    assert pinning(model).pinned is None, pinning(model)


@pytest.mark.parametrize(
    "model", ["o1", "o3-mini-2025-01-31", "openai/o4-mini", "gpt-5", "gpt-5-mini", "claude-opus-4-7", "claude-opus-5"]
)
def test_models_that_refuse_a_temperature(model: str) -> None:
    assert refuses_sampling(model)


@pytest.mark.parametrize(
    "model", ["gpt-4o", "gpt-5-chat-latest", "claude-sonnet-4-6", "claude-opus-4-6", "omni", "llama3"]
)
def test_models_that_take_one(model: str) -> None:
    assert not refuses_sampling(model)
