"""The official Python SDK of Google reads every shape, and raises the exception that each status means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

SAID = "Hello there, café 👋."
SCHEMA = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}, "days": {"type": "INTEGER"}}}
WEATHER: Any = {"function_declarations": [{"name": "weather", "description": "d", "parameters": SCHEMA}]}
OBJECT = {"city": "Zürich", "days": 3}


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=server)
    with genai.Client(api_key="none", http_options=options) as found:
        yield found


def test_a_plain_answer(client: genai.Client) -> None:
    answer = client.models.generate_content(model="say", contents="Hi")
    assert answer.text == SAID
    assert answer.candidates is not None and answer.usage_metadata is not None
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert (answer.usage_metadata.total_token_count, answer.usage_metadata.cached_content_token_count) == (17, 4)
    assert (answer.model_version, answer.response_id) == ("say", "abc123")


def test_what_is_asked_for_is_understood(client: genai.Client) -> None:
    contents: Any = [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {"role": "model", "parts": [{"function_call": {"name": "weather", "args": OBJECT}}]},
        {"role": "user", "parts": [{"function_response": {"name": "weather", "response": {"result": 21}}}]},
    ]
    config = types.GenerateContentConfig(
        system_instruction="Be brief.",
        tools=[WEATHER],
        tool_config={"function_calling_config": {"mode": "ANY"}},  # type: ignore[arg-type]
        max_output_tokens=9,
        temperature=0.5,
        top_p=0.25,
        stop_sequences=["END"],
        automatic_function_calling={"disable": True},  # type: ignore[arg-type]
    )
    told = client.models.generate_content(model="read", contents=contents, config=config)
    assert json.loads(told.text or "") == {
        "turns": [
            ["system", "Be brief.", 0, None],
            ["user", "Hi", 0, None],
            ["assistant", "", 1, None],
            ["tool", '{"result":21}', 0, "weather"],
        ],
        "tools": [["weather", "d", ["properties", "type"]]],
        "choice": "required",
        "schema": None,
        "limits": [9, 0.5, 0.25, ["END"]],
        "labels": {},
    }


def test_a_stream(client: genai.Client) -> None:
    parts = list(client.models.generate_content_stream(model="say", contents="Hi"))
    assert len(parts) > 2
    assert "".join(part.text or "" for part in parts) == SAID
    assert parts[-1].candidates[0].finish_reason == types.FinishReason.STOP  # type: ignore[index]
    assert parts[-1].usage_metadata.candidates_token_count == 5  # type: ignore[union-attr]


def test_a_stream_without_a_reason(client: genai.Client) -> None:
    parts = list(client.models.generate_content_stream(model="open", contents="Hi"))
    assert {part.candidates[0].finish_reason for part in parts} == {None}  # type: ignore[index]


def test_calls_of_functions_plain_and_streamed(client: genai.Client) -> None:
    config = types.GenerateContentConfig(tools=[WEATHER])
    plain = client.models.generate_content(model="call", contents="Hi", config=config)
    assert [(call.name, call.args) for call in plain.function_calls or []] == [("weather", OBJECT)]
    streamed = [
        call
        for part in client.models.generate_content_stream(model="call-two", contents="Hi", config=config)
        for call in part.function_calls or []
    ]
    assert [(call.name, call.args) for call in streamed] == [("weather", OBJECT), ("weather", {})]


def test_a_call_whose_arguments_are_broken(client: genai.Client) -> None:
    config = types.GenerateContentConfig(tools=[WEATHER])
    answer = client.models.generate_content(model="call-broken", contents="Hi", config=config)
    assert answer.candidates[0].finish_reason == types.FinishReason.MALFORMED_FUNCTION_CALL  # type: ignore[index]


def test_functions_are_called_automatically(client: genai.Client) -> None:
    asked: list[str] = []

    def weather(city: str, days: int) -> str:
        """Tell the weather."""
        asked.append(city)
        return "21 degrees"

    config = types.GenerateContentConfig(tools=[weather])
    assert client.models.generate_content(model="call", contents="Hi", config=config).text == SAID
    assert asked == ["Zürich"]


def test_structured_output(client: genai.Client) -> None:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Trip)
    assert client.models.generate_content(model="json", contents="Hi", config=config).parsed == Trip(
        city="Zürich", days=3
    )
    told = client.models.generate_content(model="read", contents="Hi", config=config)
    assert json.loads(told.text or "")["schema"] == ["city", "days"]


def test_what_the_filter_stopped(client: genai.Client) -> None:
    answer = client.models.generate_content(model="filter", contents="Hi")
    assert answer.candidates[0].finish_reason == types.FinishReason.SAFETY  # type: ignore[index]
    cut = client.models.generate_content(model="cut", contents="Hi")
    assert cut.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS  # type: ignore[index]


def test_embeddings(client: genai.Client) -> None:
    answer = client.models.embed_content(model="embed", contents=["ab", "abc"])
    assert [item.values for item in answer.embeddings or []] == [[0.5, -0.25, 2.0], [0.5, -0.25, 3.0]]


def test_tokens_are_counted_and_models_listed(client: genai.Client) -> None:
    assert client.models.count_tokens(model="say", contents="Hi").total_tokens == 12
    assert [model.name for model in client.models.list()] == ["models/say", "models/call"]
    assert client.models.get(model="say").name == "models/say"


@pytest.mark.parametrize(
    ("model", "raised", "status", "code"),
    [
        ("fail-400", errors.ClientError, "INVALID_ARGUMENT", 400),
        ("fail-401-invalid_api_key", errors.ClientError, "INVALID_ARGUMENT", 400),
        ("fail-403", errors.ClientError, "PERMISSION_DENIED", 403),
        ("fail-404", errors.ClientError, "NOT_FOUND", 404),
        ("fail-429", errors.ClientError, "RESOURCE_EXHAUSTED", 429),
        ("fail-500", errors.ServerError, "INTERNAL", 500),
        ("fail-503", errors.ServerError, "UNAVAILABLE", 503),
        ("fail-504", errors.ServerError, "DEADLINE_EXCEEDED", 504),
    ],
)
def test_each_status_raises_its_exception(
    client: genai.Client, model: str, raised: type[errors.APIError], status: str, code: int
) -> None:
    with pytest.raises(raised) as caught:
        client.models.generate_content(model=model, contents="Hi")
    assert (caught.value.code, caught.value.status) == (code, status)


def test_an_error_in_a_stream(client: genai.Client) -> None:
    with pytest.raises(errors.APIError, match="it broke"):
        list(client.models.generate_content_stream(model="break", contents="Hi"))
