"""Cohere: what is read of a request, the order of events, errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import cohere_chat, sse
from gonogo.wire.base import ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(id="7", text="Hello", usage=Usage(input=9, output=2, cached=4))


def parsed(path: str = "/v2/chat", **fields: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]} | fields
    return cohere_chat.parse(json.dumps(body).encode(), path, {})


def test_messages_are_read_as_turns() -> None:
    use = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [use]},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "42"}]},
    ]
    assert parsed(messages=messages).turns == (
        Turn(role="user", text="Hi"),
        Turn(role="assistant", text="I will look.", tool_uses=(ToolUse(id="c", name="f", arguments="{}"),)),
        Turn(role="tool", text="42", answers="c"),
    )


def test_events_come_in_their_order() -> None:
    found = list(sse.decode(cohere_chat.events(parsed(), SAID, ("Hel", "lo"))))
    assert [event.event for event in found[:-1]] == [
        "message-start",
        "content-start",
        "content-delta",
        "content-delta",
        "content-end",
        "message-end",
    ]
    assert found[-1].data == "[DONE]"


def test_embeddings() -> None:
    request = parsed("/v2/embed", texts=["a", "b"], output_dimension=2)
    assert (request.operation, request.inputs, request.dimensions) == ("embeddings", ("a", "b"), 2)
    vectors = ((0.5, 1.0), (0.25, 0.0))
    assert cohere_chat.read(cohere_chat.answer(request, ModelAnswer(vectors=vectors))).vectors == vectors


@pytest.mark.parametrize(("fields", "says"), [({"model": None}, "'model'"), ({"messages": None}, "'messages'")])
def test_a_wrong_request_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(WireError, match=says):
        parsed(**fields)


@pytest.mark.parametrize(
    ("status", "kind", "answered"), [(400, "content_filter", 498), (429, "insufficient_quota", 402), (404, None, 404)]
)
def test_errors_have_the_status_of_the_api(status: int, kind: str | None, answered: int) -> None:
    error = cohere_chat.error(status, kind=kind, model="x", id="9")
    assert (error.status, json.loads(error.body)["id"]) == (answered, "9")


@pytest.mark.parametrize(
    ("scores", "ranked"), [((), [0, 1]), (((0.1, 0.9, 0.5),), [1, 2])], ids=["in their order", "by their scores"]
)
def test_documents_are_ranked(scores: Any, ranked: list[int]) -> None:
    request = parsed("/v2/rerank", query="q", documents=["a", "b", "c"], top_n=2)
    assert (request.operation, request.inputs, request.turns[0].text) == ("rerank", ("a", "b", "c"), "q")
    results = json.loads(cohere_chat.answer(request, ModelAnswer(vectors=scores)))["results"]
    assert [result["index"] for result in results] == ranked
    assert parsed("/v1/rerank", query="q", documents=[{"text": "a"}]).inputs == ("a",)
