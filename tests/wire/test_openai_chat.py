"""Chat Completions: what is read of a request, and the shapes of answers, chunks and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import openai_chat, sse
from gonogo.wire.base import Limit, ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(id="7", created=5, model="m", text="Hello there", usage=Usage(input=9, output=2, cached=4))
CALLED = ModelAnswer(
    id="8",
    created=5,
    model="m",
    tool_uses=(ToolUse(id="call_1", name="find", arguments='{"text": "' + "long " * 20 + '"}'), ToolUse(name="b")),
    finish="tool_calls",
)
REFUSED = ModelAnswer(id="9", created=5, model="m", refusal="I cannot help with that.", finish="refusal")


def parsed(**fields: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]} | fields
    return openai_chat.parse(json.dumps(body).encode(), "/v1/chat/completions", {})


def test_a_request_is_read_whole() -> None:
    schema = {"type": "object"}
    request = parsed(
        messages=[
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {}}]},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{"}}],
            },
            {"role": "tool", "tool_call_id": "c", "content": "42"},
        ],
        tools=[{"type": "function", "function": {"name": "f", "description": "d", "parameters": schema}}],
        tool_choice={"type": "function", "function": {"name": "f"}},
        stream=True,
        stream_options={"include_usage": True},
        max_completion_tokens=7,
        temperature=1,
        top_p=0.5,
        stop="END",
        n=2,
        user="u",
        metadata={"team": "t"},
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
        never_heard_of=1,
    )
    assert request.turns == (
        Turn(role="system", text="Be kind."),
        Turn(role="user", text="Hi"),
        Turn(role="assistant", tool_uses=(ToolUse(id="c", name="f", arguments="{"),)),
        Turn(role="tool", text="42", answers="c"),
    )
    assert [(tool.name, tool.description, tool.schema) for tool in request.tools] == [("f", "d", schema)]
    assert (request.tool_choice, request.stop, request.choices, request.schema) == ("f", ("END",), 2, schema)
    assert (request.stream, request.stream_usage, request.max_output_tokens) == (True, True, 7)
    assert (request.temperature, request.top_p, request.labels) == (1.0, 0.5, {"user": "u", "team": "t"})
    assert request.raw["never_heard_of"] == 1


def test_usage_is_streamed_only_when_asked_for() -> None:
    chunks = [json.loads(e.data) for e in sse.decode(openai_chat.events(parsed(), SAID, ("x",))) if e.data[0] == "{"]
    assert all("usage" not in chunk for chunk in chunks)
    asked = parsed(stream_options={"include_usage": True})
    *others, last = [
        json.loads(e.data) for e in sse.decode(openai_chat.events(asked, SAID, ("x",))) if e.data[0] == "{"
    ]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 11)
    assert all(chunk["usage"] is None for chunk in others)


def test_azure_names_its_deployment_in_the_path() -> None:
    body = b'{"messages": [{"role": "user", "content": "Hi"}]}'
    path = "/openai/deployments/gpt%2Fx/chat/completions?api-version=2024-10-21"
    assert openai_chat.parse(body, path, {}).model == "gpt/x"


@pytest.mark.parametrize(
    ("fields", "says", "param"),
    [
        ({"model": None}, "you must provide a model parameter", None),
        ({"messages": []}, "empty array", "messages"),
        ({"messages": "Hi"}, "expected an array of objects, but got a string", "messages"),
        ({"messages": [1]}, "got an integer", "messages[0]"),
        ({"messages": [{"content": "x"}]}, "Missing required parameter: 'messages[0].role'", "messages[0].role"),
        ({"messages": [{"role": "user", "content": 1}]}, "string or an array", "messages[0].content"),
        ({"temperature": "hot"}, "expected a decimal, but got a string", "temperature"),
        ({"temperature": 10**309}, "out of range", "temperature"),
        ({"max_tokens": True}, "got a boolean", "max_tokens"),
        ({"max_tokens": 10**30}, "out of range", "max_tokens"),
        ({"stream": "yes"}, "expected a boolean", "stream"),
        ({"n": 10**6}, "not between 1 and 128", "n"),
        ({"stop": [1]}, "expected a string or an array of strings", "stop"),
    ],
)
def test_a_wrong_request_is_refused_as_the_api_does(fields: dict[str, Any], says: str, param: str | None) -> None:
    with pytest.raises(WireError) as refused:
        parsed(**fields)
    assert says in refused.value.message
    assert (refused.value.status, refused.value.param) == (400, param)


@pytest.mark.parametrize("answer", [SAID, CALLED, REFUSED], ids=["said", "called", "refused"])
def test_an_answer_is_read_back_whole_and_streamed(answer: ModelAnswer) -> None:
    request = parsed(stream_options={"include_usage": True})
    assert openai_chat.read(openai_chat.answer(request, answer)) == answer
    pieces = tuple(word + " " for word in (answer.refusal or answer.text).split())
    streamed = openai_chat.read_events(openai_chat.events(request, answer, pieces))
    assert (streamed.text + (streamed.refusal or "")).strip() == (answer.refusal or answer.text)
    assert (streamed.tool_uses, streamed.finish, streamed.usage) == (answer.tool_uses, answer.finish, answer.usage)


@pytest.mark.parametrize("answer", [SAID, CALLED, REFUSED], ids=["said", "called", "refused"])
def test_the_types_of_the_official_sdk_accept_every_shape(answer: ModelAnswer) -> None:
    request = parsed(n=2, stream_options={"include_usage": True})
    whole = ChatCompletion.model_validate_json(openai_chat.answer(request, answer))
    assert [choice.index for choice in whole.choices] == [0, 1]
    for event in sse.decode(openai_chat.events(request, answer, ("a", "b"))):
        if event.data != "[DONE]":
            ChatCompletionChunk.model_validate_json(event.data)


def test_a_stream_may_end_without_a_reason() -> None:
    unsaid = ModelAnswer(text="x", finish=None)
    events = list(openai_chat.events(parsed(), unsaid, ("x",)))
    assert openai_chat.read_events(events).finish is None
    assert events[-1] == b"data: [DONE]\n\n"


def test_an_error_within_a_stream_is_raised() -> None:
    events = [
        next(openai_chat.events(parsed(), SAID, ("x",))),
        b'data: {"error": {"message": "gone", "code": "x"}}\n\n',
    ]
    with pytest.raises(WireError, match="gone") as raised:
        openai_chat.read_events(events)
    assert raised.value.kind == "x"


@pytest.mark.parametrize(
    ("status", "kind", "type_", "code"),
    [
        (400, None, "invalid_request_error", None),
        (400, "invalid_request_error", "invalid_request_error", None),
        (400, "context_length", "invalid_request_error", "context_length_exceeded"),
        (400, "unsupported_value", "invalid_request_error", "unsupported_value"),
        (401, None, "invalid_request_error", "invalid_api_key"),
        (403, None, "request_forbidden", "unsupported_country_region_territory"),
        (404, None, "invalid_request_error", "model_not_found"),
        (429, None, "requests", "rate_limit_exceeded"),
        (429, "insufficient_quota", "insufficient_quota", "insufficient_quota"),
        (500, None, "server_error", None),
        (503, None, "service_unavailable_error", "server_is_overloaded"),
        (418, None, "invalid_request_error", None),
    ],
)
def test_errors_have_the_type_and_code_of_the_api(status: int, kind: str | None, type_: str, code: str | None) -> None:
    error = openai_chat.error(status, kind=kind, model="gpt-x", id="9")
    body = json.loads(error.body)["error"]
    assert (error.status, body["type"], body["code"]) == (status, type_, code)
    assert error.headers["x-request-id"] == "req_9"
    assert "{" not in body["message"]


def test_a_bad_gateway_answers_in_html() -> None:
    assert openai_chat.error(502).headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(2, {"retry-after": "2"}), (1.5, {"retry-after": "2", "retry-after-ms": "1500"}), (None, {})],
)
def test_the_wait_is_said_in_headers(seconds: float | None, expected: dict[str, str]) -> None:
    headers = openai_chat.error(429, retry_after_s=seconds).headers
    assert {key: value for key, value in headers.items() if key.startswith("retry")} == expected


def test_limits_are_said_in_headers() -> None:
    headers = openai_chat.headers(SAID, {"requests": Limit(60, 59, 0.25), "tokens": Limit(1000, 1000, 361)})
    assert headers["x-ratelimit-limit-requests"] == "60"
    assert headers["x-ratelimit-remaining-requests"] == "59"
    assert headers["x-ratelimit-remaining-tokens"] == "1000"
    assert headers["x-ratelimit-reset-tokens"] == "6m1s"
    assert headers["x-ratelimit-reset-requests"] == "250ms"
    assert headers["x-request-id"] == "req_7"
