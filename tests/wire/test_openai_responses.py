"""Responses: what is read of a request, the order of events, and what others' answers hold besides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.responses import Response

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import openai_responses, sse
from gonogo.wire.base import ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(id="7", created=5, model="m", text="Hello there", usage=Usage(input=9, output=2, cached=4))
CALLED = ModelAnswer(id="8", model="m", tool_uses=(ToolUse(id="c", name="f", arguments="{"),), finish="tool_calls")


def parsed(**fields: Any) -> ModelRequest:
    body = {"model": "m", "input": "Hi"} | fields
    return openai_responses.parse(json.dumps(body).encode(), "/v1/responses", {})


def test_items_are_read_as_turns() -> None:
    request = parsed(
        instructions="Be kind.",
        input=[
            {"role": "developer", "content": "Be brief."},
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "Hi"}, {"type": "input_image"}],
            },
            {"type": "reasoning", "summary": []},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "42"}]},
        ],
        tools=[{"type": "web_search"}, {"type": "function", "name": "f", "parameters": {"type": "object"}}],
        tool_choice={"type": "function", "name": "f"},
        text={"format": {"type": "json_schema", "name": "x", "schema": {"type": "object"}}},
    )
    assert request.turns == (
        Turn(role="system", text="Be kind."),
        Turn(role="system", text="Be brief."),
        Turn(role="user", text="Hi"),
        Turn(role="assistant", tool_uses=(ToolUse(id="c", name="f", arguments="{}"),)),
        Turn(role="tool", text="42", answers="c"),
    )
    assert [tool.name for tool in request.tools] == ["web_search", "f"]
    assert (request.tool_choice, request.schema) == ("f", {"type": "object"})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"model": None}, "'model'"),
        ({"input": 5}, "'input'"),
        ({"input": [1]}, "'input[0]'"),
        ({"text": "x"}, "'text'"),
    ],
)
def test_a_wrong_request_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(WireError) as refused:
        parsed(**fields)
    assert says in refused.value.message


def test_a_request_that_continues_another_needs_no_input() -> None:
    body = b'{"model": "m", "previous_response_id": "resp_1"}'
    assert openai_responses.parse(body, "/v1/responses", {}).turns == ()
    with pytest.raises(WireError, match="'input'"):
        openai_responses.parse(b'{"model": "m"}', "/v1/responses", {})


def test_events_come_in_their_order_and_are_numbered() -> None:
    found = [json.loads(e.data) for e in sse.decode(openai_responses.events(parsed(), SAID, ("Hello", " there")))]
    assert [event["type"] for event in found] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event["sequence_number"] for event in found] == list(range(10))
    Response.model_validate(found[-1]["response"])


def test_a_stream_that_was_cut_is_read_as_far_as_it_came() -> None:
    events = list(openai_responses.events(parsed(), SAID, ("Hello", " there")))
    found = openai_responses.read_events(events[:5])
    assert (found.text, found.finish, found.model) == ("Hello", None, "m")
    called = list(openai_responses.events(parsed(), CALLED, ()))
    found = openai_responses.read_events(called[:4])
    assert found.tool_uses == (ToolUse(id="c", name="f", arguments="{"),)


def test_a_failed_response_is_raised() -> None:
    failure = {"id": "resp_1", "status": "failed", "error": {"code": "rate_limit_exceeded", "message": "slow down"}}
    for read in (openai_responses.read, lambda body: openai_responses.read_events([sse.encode(body)])):
        body = json.dumps(
            failure if read is openai_responses.read else {"type": "response.failed", "response": failure}
        )
        with pytest.raises(WireError, match="slow down") as raised:
            read(body.encode())
        assert raised.value.kind == "rate_limit_exceeded"


def test_what_is_new_in_an_answer_passes() -> None:
    items = [{"type": "reasoning", "id": "rs_1", "summary": []}, {"type": "brand_new", "content": 5}]
    message = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}, {"type": "brand_new"}]}
    found = openai_responses.read(json.dumps({"status": "completed", "output": [*items, message]}).encode())
    assert (found.text, found.finish) == ("Hi", "stop")
