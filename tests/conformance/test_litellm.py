"""LiteLLM reads every shape of every provider, and raises the exception that each status means."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

SAID = "Hello there, café 👋."
USER = [{"role": "user", "content": "Hi"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": PARAMETERS}}]
PROVIDERS = pytest.mark.parametrize("provider", ["openai", "azure", "anthropic", "gemini"])
ALL = pytest.mark.parametrize("provider", ["openai", "azure", "anthropic", "gemini", "mistral", "ollama_chat"])
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning", "ignore::UserWarning")


def complete(provider: str, server: str, model: str, **fields: Any) -> Any:
    base = {"openai": f"{server}/v1", "azure": server, "anthropic": server, "gemini": f"{server}/v1beta"}
    base |= {"mistral": f"{server}/v1", "ollama_chat": server}
    return litellm.completion(
        model=f"{provider}/{model}",
        messages=USER,
        api_base=base[provider],
        api_key="none",
        max_retries=0,
        num_retries=0,
        **({"api_version": "2024-10-21"} if provider == "azure" else {}),
        **fields,
    )


@ALL
def test_a_plain_answer_and_its_usage(provider: str, server: str) -> None:
    answer = complete(provider, server, "say")
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (SAID, "stop")
    assert answer.usage.total_tokens == 17


@ALL
def test_a_stream(provider: str, server: str) -> None:
    parts = list(complete(provider, server, "say", stream=True))
    assert "".join(part.choices[0].delta.content or "" for part in parts) == SAID
    assert parts[-1].choices[0].finish_reason == "stop"


@ALL
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called(provider: str, server: str, streamed: bool) -> None:
    answer = complete(provider, server, "call", tools=TOOLS, stream=streamed)
    if streamed:
        answer = litellm.stream_chunk_builder(list(answer))
    (call,) = answer.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Zürich", "days": 3})
    assert answer.choices[0].finish_reason == "tool_calls"


@PROVIDERS
@pytest.mark.parametrize(("model", "finish"), [("cut", "length"), ("filter", "content_filter")])
def test_an_answer_that_was_ended(provider: str, server: str, model: str, finish: str) -> None:
    assert complete(provider, server, model).choices[0].finish_reason == finish


@PROVIDERS
@pytest.mark.parametrize(
    ("model", "raised"),
    [
        ("fail-400", litellm.BadRequestError),
        ("fail-400-context_length", litellm.ContextWindowExceededError),
        ("fail-404-model_not_found", litellm.NotFoundError),
        ("fail-429-rate_limit", litellm.RateLimitError),
        ("fail-500", (litellm.InternalServerError, litellm.APIError)),  # the latter for Azure
        ("fail-503", (litellm.ServiceUnavailableError, litellm.InternalServerError)),  # the latter for two
    ],
)
def test_each_status_raises_its_exception(provider: str, server: str, model: str, raised: Any) -> None:
    with pytest.raises(raised):
        complete(provider, server, model)


def test_embeddings(server: str) -> None:
    answer = litellm.embedding(model="openai/embed", input=["ab"], api_base=f"{server}/v1", api_key="none")
    assert answer.data[0]["embedding"] == [0.5, -0.25, 2.0]
