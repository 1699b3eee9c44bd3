"""The official Python SDK of Cohere reads every shape of version 2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cohere
import pytest

SAID = "Hello there, café 👋."
USER: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": PARAMETERS}}]
OBJECT = {"city": "Zürich", "days": 3}
ONCE: Any = {"max_retries": 0}


@pytest.fixture
def client(server: str) -> Iterator[cohere.ClientV2]:
    with cohere.ClientV2(api_key="none", base_url=server) as found:
        yield found


def test_a_plain_answer(client: cohere.ClientV2) -> None:
    answer = client.chat(model="say", messages=USER)
    assert (answer.message.content[0].text, answer.finish_reason) == (SAID, "COMPLETE")  # type: ignore[index, union-attr]
    assert (answer.usage.tokens.input_tokens, answer.usage.tokens.output_tokens) == (12, 5)  # type: ignore[union-attr]


def test_what_is_asked_for_is_understood(client: cohere.ClientV2) -> None:
    form: Any = {"type": "json_object", "schema": PARAMETERS}
    told = client.chat(
        model="read", messages=USER, tools=TOOLS, tool_choice="REQUIRED", max_tokens=9, temperature=0.5, p=0.25,
        stop_sequences=["END"], response_format=form,
    )  # fmt: skip
    assert json.loads(told.message.content[0].text) == {  # type: ignore[index, union-attr]
        "turns": [["system", "Be brief.", 0, None], ["user", "Hi", 0, None]],
        "tools": [["weather", "d", ["properties", "type"]]],
        "choice": "required",
        "schema": ["city", "days"],
        "limits": [9, 0.5, 0.25, ["END"]],
        "labels": {},
    }


def test_a_stream(client: cohere.ClientV2) -> None:
    parts: Any = list(client.chat_stream(model="say", messages=USER))
    said = [part.delta.message.content.text for part in parts if part.type == "content-delta"]
    assert "".join(said) == SAID
    assert (parts[0].type, parts[-1].type) == ("message-start", "message-end")
    assert parts[-1].delta.finish_reason == "COMPLETE"
    assert parts[-1].delta.usage.tokens.output_tokens == 5


def test_a_tool_is_called_plain_and_streamed(client: cohere.ClientV2) -> None:
    plain: Any = client.chat(model="call", messages=USER, tools=TOOLS)
    (call,) = plain.message.tool_calls
    assert (call.id, call.function.name, json.loads(call.function.arguments)) == ("call_1", "weather", OBJECT)
    parts: Any = list(client.chat_stream(model="call", messages=USER, tools=TOOLS))
    begun = next(part for part in parts if part.type == "tool-call-start")
    assert begun.delta.message.tool_calls.function.name == "weather"
    said = [p.delta.message.tool_calls.function.arguments for p in parts if p.type == "tool-call-delta"]
    assert json.loads("".join(said)) == OBJECT
    result: Any = {"role": "tool", "tool_call_id": "call_1", "content": "21"}
    answered: Any = client.chat(model="call", messages=[*USER, plain.message, result], tools=TOOLS)
    assert answered.message.content[0].text == SAID


def test_embeddings(client: cohere.ClientV2) -> None:
    answer = client.embed(model="embed", texts=["ab", "abc"], input_type="search_query", embedding_types=["float"])
    assert answer.embeddings.float_ == [[0.5, -0.25, 2.0], [0.5, -0.25, 3.0]]


def test_documents_are_ranked(client: cohere.ClientV2) -> None:
    answer = client.rerank(model="say", query="q", documents=["a", "b"], top_n=1)
    assert [(result.index, result.relevance_score) for result in answer.results] == [(0, 1.0)]


@pytest.mark.parametrize(
    ("model", "raised"),
    [
        ("fail-400", cohere.BadRequestError),
        ("fail-401", cohere.UnauthorizedError),
        ("fail-404", cohere.NotFoundError),
        ("fail-429", cohere.TooManyRequestsError),
        ("fail-500", cohere.InternalServerError),
        ("fail-503", cohere.ServiceUnavailableError),
    ],
)
def test_each_status_raises_its_exception(client: cohere.ClientV2, model: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        client.chat(model=model, messages=USER, request_options=ONCE)
