"""Mistral: where it differs from OpenAI."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.facts.traffic import ToolUse
from gonogo.wire import mistral, sse
from gonogo.wire.base import ModelAnswer, ModelRequest

LONG = '{"text": "' + "long " * 20 + '"}'
USES = (ToolUse(id="a", name="f", arguments=LONG), ToolUse(name="b"))
CALLED = ModelAnswer(id="8", model="m", tool_uses=USES, finish="tool_calls")


def parsed(**fields: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]} | fields
    return mistral.parse(json.dumps(body).encode(), "/v1/chat/completions", {})


def test_calls_of_tools_come_whole_in_one_part() -> None:
    chunks = [json.loads(e.data) for e in sse.decode(mistral.events(parsed(), CALLED, ())) if e.data != "[DONE]"]
    calls = [
        chunk["choices"][0]["delta"]["tool_calls"] for chunk in chunks if "tool_calls" in chunk["choices"][0]["delta"]
    ]
    assert [[call["function"]["name"] for call in part] for part in calls] == [["f", "b"]]
    assert chunks[-1]["usage"] is not None


def test_a_tool_that_must_be_called_is_asked_for_as_any() -> None:
    assert parsed(tool_choice="any").tool_choice == "required"


def test_a_refusal_is_text() -> None:
    body = json.loads(mistral.answer(parsed(), ModelAnswer(refusal="No.", finish="refusal")))
    assert (body["choices"][0]["message"]["content"], body["choices"][0]["finish_reason"]) == ("No.", "stop")


@pytest.mark.parametrize(
    ("status", "kind", "answered", "type_"),
    [
        (404, "model_not_found", 400, "invalid_model"),
        (429, "rate_limit", 429, "rate_limited"),
        (500, None, 500, "internal_server_error"),
    ],
)
def test_errors_have_their_fields_at_the_top(status: int, kind: str | None, answered: int, type_: str) -> None:
    error = mistral.error(status, kind=kind, model="x")
    body = json.loads(error.body)
    assert (error.status, body["object"], body["type"]) == (answered, "error", type_)
