"""Anthropic Messages: what is read of a request, the order of events, and what others' answers hold besides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import anthropic_messages, sse
from gonogo.wire.base import Limit, ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(id="7", model="m", text="Hello", usage=Usage(input=9, output=2, cached=4))
BOTH = ModelAnswer(
    id="8", text="Let me see.", tool_uses=(ToolUse(id="t", name="f", arguments="{}"),), finish="tool_calls"
)


def parsed(**fields: Any) -> ModelRequest:
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "Hi"}]} | fields
    return anthropic_messages.parse(json.dumps(body).encode(), "/v1/messages?beta=true", {})


def kinds(answer: ModelAnswer, pieces: tuple[str, ...]) -> list[str]:
    return [event.event for event in sse.decode(anthropic_messages.events(parsed(), answer, pieces))]


def test_blocks_are_read_as_turns() -> None:
    request = parsed(
        system=[{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}],
        messages=[
            {"role": "user", "content": [{"type": "image", "source": {}}, {"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}}]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t", "content": "42", "is_error": True}],
            },
        ],
        tools=[
            {"name": "f", "input_schema": {"type": "object"}},
            {"type": "web_search_20250305", "name": "web_search"},
        ],
        tool_choice={"type": "tool", "name": "f"},
    )
    assert request.turns == (
        Turn(role="system", text="Be kind."),
        Turn(role="user", text="Hi"),
        Turn(role="assistant", tool_uses=(ToolUse(id="t", name="f", arguments='{"a":1}'),)),
        Turn(role="tool", text="42", answers="t"),
    )
    assert ([tool.name for tool in request.tools], request.tool_choice) == (["f", "web_search"], "f")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"model": None}, "model: Field required"),
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": 5}]}, "'content'"),
        ({"tools": [{"name": 5}]}, "'name'"),
    ],
)
def test_a_wrong_request_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(WireError) as refused:
        parsed(**fields)
    assert says in refused.value.message


def test_tokens_are_counted_without_a_limit() -> None:
    body = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
    request = anthropic_messages.parse(body, "/v1/messages/count_tokens", {})
    assert request.operation == "count_tokens"
    assert anthropic_messages.read(anthropic_messages.answer(request, SAID)).usage == Usage(input=9)


def test_events_come_in_their_order() -> None:
    assert kinds(BOTH, ("Let me", " see.")) == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_tokens_from_the_cache_are_counted_apart() -> None:
    usage = json.loads(anthropic_messages.answer(parsed(), SAID))["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"]) == (5, 4)
    assert anthropic_messages.read(anthropic_messages.answer(parsed(), SAID)).usage == SAID.usage


@pytest.mark.parametrize("arguments", ['{"a": "x', '{"a": 1}, "b": {}', "[" * 900 + "]" * 900])
def test_arguments_that_do_not_parse_come_as_text_and_streamed_as_they_are(arguments: str) -> None:
    broken = ModelAnswer(tool_uses=(ToolUse(id="t", name="f", arguments=arguments),), finish="tool_calls")
    assert json.loads(anthropic_messages.answer(parsed(), broken))["content"][0]["input"] == arguments
    assert anthropic_messages.read_events(anthropic_messages.events(parsed(), broken, ())).tool_uses == broken.tool_uses


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("pause_turn", "stop"),
        ("stop_sequence", "stop"),
        ("model_context_window_exceeded", "length"),
        ("brand_new", "stop"),
    ],
)
def test_every_reason_is_read(reason: str, finish: str) -> None:
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "brand_new"}, {"type": "text", "text": "Hi"}]
    body = {
        "type": "message",
        "content": content,
        "stop_reason": reason,
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    found = anthropic_messages.read(json.dumps(body).encode())
    assert (found.text, found.finish, found.usage) == ("Hi", finish, Usage(input=1, output=2))


def test_thinking_and_what_is_new_in_a_stream_pass() -> None:
    events = list(anthropic_messages.events(parsed(), SAID, ("Hello",)))
    thought = {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}
    events[3:3] = [
        sse.encode(json.dumps(thought)),
        sse.encode(b'{"type":"brand_new"}', event="brand_new"),
        sse.comment(),
    ]
    found = anthropic_messages.read_events(events)
    assert (found.text, found.finish, found.usage) == ("Hello", "stop", SAID.usage)


@pytest.mark.parametrize(
    ("status", "kind", "answered", "type_"),
    [
        (400, None, 400, "invalid_request_error"),
        (401, None, 401, "authentication_error"),
        (403, None, 403, "permission_error"),
        (404, "model_not_found", 404, "not_found_error"),
        (413, None, 413, "request_too_large"),
        (429, "rate_limit", 429, "rate_limit_error"),
        (429, "insufficient_quota", 400, "invalid_request_error"),
        (500, None, 500, "api_error"),
        (503, "overloaded", 529, "overloaded_error"),
        (400, "billing_error", 400, "billing_error"),
        (418, None, 418, "invalid_request_error"),
    ],
)
def test_errors_have_the_type_of_the_api(status: int, kind: str | None, answered: int, type_: str) -> None:
    error = anthropic_messages.error(status, kind=kind, id="9", model="x")
    body = json.loads(error.body)
    assert (error.status, body["type"], body["error"]["type"], body["request_id"]) == (
        answered,
        "error",
        type_,
        "req_9",
    )
    assert error.headers["request-id"] == "req_9"


def test_limits_are_reset_at_a_time() -> None:
    headers = anthropic_messages.headers(ModelAnswer(created=1_700_000_000), {"requests": Limit(5, 5, 5.4)})
    assert headers["anthropic-ratelimit-requests-remaining"] == "5"
    assert headers["anthropic-ratelimit-requests-reset"] == "2023-11-14T22:13:26Z"
    assert "anthropic-ratelimit-tokens-limit" not in headers
    headers = anthropic_messages.headers(ModelAnswer(created=1_700_000_000), {"input-tokens": Limit(80, 20, 45)})
    assert headers["anthropic-ratelimit-input-tokens-limit"] == "80"
    assert headers["anthropic-ratelimit-input-tokens-remaining"] == "20"
    assert headers["anthropic-ratelimit-input-tokens-reset"] == "2023-11-14T22:14:05Z"
