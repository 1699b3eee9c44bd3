"""The official Python SDK of Anthropic reads every shape, and raises the exception that each status means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from pydantic import BaseModel

SAID = "Hello there, café 👋."
USER: Any = [{"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS: Any = [{"name": "weather", "description": "d", "input_schema": SCHEMA}]
OBJECT = {"city": "Zürich", "days": 3}


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server, api_key="none", max_retries=0) as found:
        yield found


def told(client: anthropic.Anthropic, **asked: Any) -> Any:
    asked = {"model": "read", "max_tokens": 9, "messages": USER} | asked
    return json.loads(client.messages.create(**asked).content[0].text)


def test_a_plain_answer(client: anthropic.Anthropic) -> None:
    answer = client.messages.with_raw_response.create(model="say", max_tokens=9, messages=USER)
    assert answer.headers["anthropic-ratelimit-requests-remaining"] == "59"
    assert answer.headers["anthropic-ratelimit-tokens-reset"] == "2023-11-14T22:13:26Z"
    message = answer.parse()
    assert message._request_id == "req_abc123"
    assert [block.to_dict() for block in message.content] == [{"type": "text", "text": SAID}]
    assert (message.stop_reason, message.usage.output_tokens) == ("end_turn", 5)
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (8, 4)


def test_what_is_asked_for_is_understood(client: anthropic.Anthropic) -> None:
    asked = told(
        client,
        system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        tools=TOOLS,
        tool_choice={"type": "any"},
        stop_sequences=["END"],
        metadata={"user_id": "u1"},
        thinking={"type": "enabled", "budget_tokens": 1024},
        messages=[
            *USER,
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {"type": "text", "text": "Let me see."},
                    {"type": "tool_use", "id": "t1", "name": "weather", "input": OBJECT},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "21"}]},
                    {"type": "text", "text": "And?"},
                ],
            },
        ],
    )
    assert asked == {
        "turns": [
            ["system", "Be brief.", 0, None],
            ["user", "Hi", 0, None],
            ["assistant", "Let me see.", 1, None],
            ["tool", "21", 0, "t1"],
            ["user", "And?", 0, None],
        ],
        "tools": [["weather", "d", ["properties", "type"]]],
        "choice": "required",
        "schema": None,
        "limits": [9, None, None, ["END"]],
        "labels": {"user_id": "u1"},
    }


@pytest.mark.parametrize("model", ["say", "call", "call-two", "refuse", "cut"])
def test_a_stream_makes_the_same_message(client: anthropic.Anthropic, model: str) -> None:
    asked: Any = {"model": model, "max_tokens": 9, "messages": USER, "tools": TOOLS}
    plain = client.messages.create(**asked)
    with client.messages.stream(**asked) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_message()
    assert _bare(final) == _bare(plain)
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"


def _bare(message: Any) -> dict[str, Any]:
    """Without what the SDK itself adds when it accumulates a stream."""
    found = message.to_dict()
    found.pop("parsed_output", None)
    for block in found["content"]:
        block.pop("parsed_output", None)
    return found


def test_calls_of_tools(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model="call-two", max_tokens=9, messages=USER, tools=TOOLS)
    assert message.stop_reason == "tool_use"
    calls = [block for block in message.content if block.type == "tool_use"]
    assert [(call.id, call.name, call.input) for call in calls] == [
        ("call_1", "weather", OBJECT),
        ("call_2", "weather", {}),
    ]


def test_structured_output(client: anthropic.Anthropic) -> None:
    message = client.messages.parse(model="json", max_tokens=9, messages=USER, output_format=Trip)
    assert message.parsed_output == Trip(city="Zürich", days=3)
    config: Any = {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert told(client, output_config=config)["schema"] == ["city", "days"]


def test_a_refusal(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model="refuse", max_tokens=9, messages=USER)
    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert message.stop_details.explanation == "I cannot help with that."


def test_a_stream_without_a_reason(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model="open", max_tokens=9, messages=USER) as stream:
        assert "".join(stream.text_stream) == SAID
        assert stream.current_message_snapshot.stop_reason is None


def test_an_error_in_a_stream(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.APIStatusError, match="it broke") as caught:
        list(client.messages.create(model="break", max_tokens=9, messages=USER, stream=True))
    assert caught.value.body["error"]["type"] == "overloaded_error"  # type: ignore[index]


def test_tokens_are_counted(client: anthropic.Anthropic) -> None:
    assert client.messages.count_tokens(model="say", messages=USER).input_tokens == 12


def test_models(client: anthropic.Anthropic) -> None:
    assert [model.id for model in client.models.list()] == ["say", "call"]
    assert client.models.retrieve("say").created_at.year == 2023


@pytest.mark.parametrize(
    ("model", "raised", "status", "kind"),
    [
        ("fail-400", anthropic.BadRequestError, 400, "invalid_request_error"),
        ("fail-400-insufficient_quota", anthropic.BadRequestError, 400, "invalid_request_error"),
        ("fail-401", anthropic.AuthenticationError, 401, "authentication_error"),
        ("fail-403", anthropic.PermissionDeniedError, 403, "permission_error"),
        ("fail-404", anthropic.NotFoundError, 404, "not_found_error"),
        ("fail-409", anthropic.ConflictError, 409, "invalid_request_error"),
        ("fail-413", anthropic.RequestTooLargeError, 413, "request_too_large"),
        ("fail-422", anthropic.UnprocessableEntityError, 422, "invalid_request_error"),
        ("fail-429-rate_limit", anthropic.RateLimitError, 429, "rate_limit_error"),
        ("fail-500", anthropic.InternalServerError, 500, "api_error"),
        ("fail-503-overloaded", anthropic.OverloadedError, 529, "overloaded_error"),
        ("fail-504", anthropic.DeadlineExceededError, 504, "timeout_error"),
        ("fail-529", anthropic.OverloadedError, 529, "overloaded_error"),
    ],
)
def test_each_status_raises_its_exception(
    client: anthropic.Anthropic, model: str, raised: type[anthropic.APIStatusError], status: int, kind: str
) -> None:
    with pytest.raises(raised) as caught:
        client.messages.create(model=model, max_tokens=9, messages=USER)
    body: Any = caught.value.body
    assert (caught.value.status_code, body["error"]["type"]) == (status, kind)
    assert caught.value.request_id == "req_abc123"
