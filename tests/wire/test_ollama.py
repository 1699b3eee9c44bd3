"""Ollama: what is read of a request, lines of a stream, and forms of embeddings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import ollama
from gonogo.wire.base import ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(model="m", text="Hello", usage=Usage(input=9, output=2))


def parsed(path: str, **fields: Any) -> ModelRequest:
    return ollama.parse(json.dumps({"model": "m"} | fields).encode(), path, {})


def test_messages_are_read_as_turns() -> None:
    request = parsed(
        "/api/chat",
        messages=[
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]},
            {"role": "tool", "tool_name": "f", "content": "42"},
        ],
        options={"num_predict": 7},
    )
    assert request.turns == (
        Turn(role="user", text="Hi"),
        Turn(role="assistant", tool_uses=(ToolUse(name="f", arguments='{"a":1}'),)),
        Turn(role="tool", text="42", answers="f"),
    )
    assert request.max_output_tokens == 7


@pytest.mark.parametrize(
    ("form", "schema"), [(None, None), ("json", {}), ({"type": "object"}, {"type": "object"}), ("", None)]
)
def test_the_format_is_a_word_or_a_schema(form: Any, schema: Any) -> None:
    assert parsed("/api/chat", format=form).schema == schema


def test_what_is_not_said_to_be_whole_is_streamed() -> None:
    assert parsed("/api/chat").stream
    assert not parsed("/api/chat", stream=False).stream
    assert not parsed("/api/embed", input="a").stream


def test_generate_answers_with_a_response_and_chat_with_a_message() -> None:
    generated = json.loads(ollama.answer(parsed("/api/generate", prompt="Hi", system="Be kind."), SAID))
    said = json.loads(ollama.answer(parsed("/api/chat", messages=[]), SAID))
    assert (generated["response"], said["message"]["content"]) == ("Hello", "Hello")
    assert "message" not in generated
    assert "response" not in said


def test_embeddings_have_the_form_of_their_endpoint() -> None:
    made = ModelAnswer(model="m", vectors=((0.5, 1.0),))
    new, old = parsed("/api/embed", input="a"), parsed("/api/embeddings", prompt="a")
    assert (new.inputs, old.inputs) == (("a",), ("a",))
    assert json.loads(ollama.answer(new, made))["embeddings"] == [[0.5, 1.0]]
    assert json.loads(ollama.answer(old, made)) == {"embedding": [0.5, 1.0]}


def test_a_line_that_is_not_ended_is_dropped() -> None:
    first, *_ = ollama.events(parsed("/api/chat", messages=[]), SAID, ("Hel", "lo"))
    found = ollama.read_events([first, b'{"message": {"cont'])
    assert (found.text, found.finish) == ("Hel", None)


def test_a_wrong_request_is_refused() -> None:
    with pytest.raises(WireError, match="'model'"):
        ollama.parse(b"{}", "/api/chat", {})
