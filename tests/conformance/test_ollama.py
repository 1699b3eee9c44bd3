"""The official Python SDK of Ollama reads every shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ollama
import pytest
from pydantic import BaseModel

SAID = "Hello there, café 👋."
USER = [{"role": "user", "content": "Hi"}]
OBJECT = {"city": "Zürich", "days": 3}


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture
def client(server: str) -> Iterator[ollama.Client]:
    with ollama.Client(host=server) as found:
        yield found


def weather(city: str, days: int) -> str:
    """Tell the weather."""
    return f"{days} days of rain in {city}"


def test_a_plain_answer_and_a_stream(client: ollama.Client) -> None:
    answer = client.chat(model="say", messages=USER)
    assert (answer.message.content, answer.done, answer.done_reason) == (SAID, True, "stop")
    assert (answer.prompt_eval_count, answer.eval_count) == (12, 5)
    parts = list(client.chat(model="say", messages=USER, stream=True))
    assert "".join(part.message.content or "" for part in parts) == SAID
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


def test_what_is_asked_for_is_understood(client: ollama.Client) -> None:
    options = {"num_predict": 9, "temperature": 0.5, "top_p": 0.25, "stop": ["END"]}
    told = client.chat("read", USER, tools=[weather], options=options, format=Trip.model_json_schema())
    assert json.loads(told.message.content or "") == {
        "turns": [["user", "Hi", 0, None]],
        "tools": [["weather", "Tell the weather.", ["properties", "required", "type"]]],
        "choice": "auto",
        "schema": ["city", "days"],
        "limits": [9, 0.5, 0.25, ["END"]],
        "labels": {},
    }


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_is_called_and_answered(client: ollama.Client, stream: Any) -> None:
    found: Any = client.chat("call", USER, tools=[weather], stream=stream)
    messages = [part.message for part in found] if stream else [found.message]
    (call,) = [call for message in messages for call in message.tool_calls or []]
    assert (call.function.name, call.function.arguments) == ("weather", OBJECT)
    result = {"role": "tool", "tool_name": "weather", "content": "21"}
    assert client.chat("call", [*USER, *messages, result], tools=[weather]).message.content == SAID


def test_generate(client: ollama.Client) -> None:
    assert client.generate("say", "Hi").response == SAID
    assert "".join(part.response or "" for part in client.generate("say", "Hi", stream=True)) == SAID


def test_embeddings_and_models(client: ollama.Client) -> None:
    assert client.embed("embed", ["ab", "abc"]).embeddings == [[0.5, -0.25, 2.0], [0.5, -0.25, 3.0]]
    assert client.embeddings("embed", "ab").embedding == [0.5, -0.25, 2.0]
    assert [model.model for model in client.list().models] == ["say", "call"]


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_each_status_raises(client: ollama.Client, status: int) -> None:
    with pytest.raises(ollama.ResponseError) as caught:
        client.chat(f"fail-{status}", USER)
    assert caught.value.status_code == status
    assert "{" not in caught.value.error


def test_an_error_in_a_stream(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="it broke"):
        list(client.chat("break", USER, stream=True))
