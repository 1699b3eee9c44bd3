"""LangChain's clients of OpenAI and Anthropic read every shape."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel

SAID = "Hello there, café 👋."
OBJECT = {"city": "Zürich", "days": 3}


class Trip(BaseModel):
    """A trip."""

    city: str
    days: int


@tool
def weather(city: str, days: int) -> str:
    """Tell the weather."""
    return f"{days} days of rain in {city}"


def chat(kind: str, server: str, model: str) -> BaseChatModel:
    if kind == "anthropic":
        return ChatAnthropic(model=model, base_url=server, api_key="none", max_retries=0, max_tokens=9)  # type: ignore[call-arg, arg-type]
    return ChatOpenAI(
        model=model,
        base_url=f"{server}/v1",
        api_key="none",
        max_retries=0,
        use_responses_api=kind == "responses",  # type: ignore[arg-type]
    )


KINDS = pytest.mark.parametrize("kind", ["chat", "responses", "anthropic"])


@KINDS
def test_a_plain_answer_and_its_usage(kind: str, server: str) -> None:
    answer = chat(kind, server, "say").invoke("Hi")
    assert answer.text == SAID
    assert answer.usage_metadata is not None  # type: ignore[attr-defined]
    assert answer.usage_metadata["total_tokens"] == 17  # type: ignore[attr-defined]


@KINDS
def test_a_stream(kind: str, server: str) -> None:
    parts = list(chat(kind, server, "say").stream("Hi"))
    assert len(parts) > 2
    assert "".join(part.text for part in parts) == SAID


@KINDS
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_answered(kind: str, server: str, streamed: bool) -> None:
    model = chat(kind, server, "call").bind_tools([weather])
    asked: list[Any] = [HumanMessage("Hi")]
    if streamed:
        first, *others = model.stream(asked)
        answer = first
        for part in others:
            answer += part  # type: ignore[assignment, operator]
    else:
        answer = model.invoke(asked)  # type: ignore[assignment]
    assert [(call["id"], call["name"], call["args"]) for call in answer.tool_calls] == [("call_1", "weather", OBJECT)]
    result = ToolMessage(weather.invoke(answer.tool_calls[0]["args"]), tool_call_id="call_1")
    assert model.invoke([*asked, answer, result]).text == SAID


@KINDS
def test_structured_output(kind: str, server: str) -> None:
    structured = chat(kind, server, "json").with_structured_output(Trip, method="json_schema")
    assert structured.invoke("Hi") == Trip(city="Zürich", days=3)
    if kind != "responses":
        called = chat(kind, server, "call").with_structured_output(Trip, method="function_calling")
        assert called.invoke("Hi") == Trip(city="Zürich", days=3)


@pytest.mark.parametrize("kind", ["chat", "responses"])
def test_a_refusal(kind: str, server: str) -> None:
    answer = chat(kind, server, "refuse").invoke("Hi")
    refusal = answer.additional_kwargs.get("refusal") or answer.content[0]["refusal"]  # type: ignore[index]
    assert refusal == "I cannot help with that."


@KINDS
@pytest.mark.parametrize(
    ("status", "name"),
    [(400, "BadRequestError"), (401, "AuthenticationError"), (429, "RateLimitError"), (500, "InternalServerError")],
)
def test_each_status_raises_its_exception(kind: str, server: str, status: int, name: str) -> None:
    with pytest.raises(getattr(anthropic if kind == "anthropic" else openai, name)):
        chat(kind, server, f"fail-{status}").invoke("Hi")


def test_embeddings(server: str) -> None:
    made = OpenAIEmbeddings(
        model="embed",
        base_url=f"{server}/v1",
        api_key="none",
        check_embedding_ctx_length=False,
        max_retries=0,  # type: ignore[arg-type]
    )
    assert made.embed_documents(["ab", "abc"]) == [[0.5, -0.25, 2.0], [0.5, -0.25, 3.0]]
