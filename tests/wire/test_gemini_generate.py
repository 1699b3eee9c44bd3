"""Gemini: what is read of a request in either case of names, both forms of streams, blocked prompts, errors."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import gemini_generate
from gonogo.wire.base import ModelAnswer, ModelRequest, Usage, WireError

SAID = ModelAnswer(id="7", model="m", text="Hello", usage=Usage(input=9, output=2, cached=4))
CONTENTS = [{"role": "user", "parts": [{"text": "Hi"}]}]
PATH = "/v1beta/models/gemini-x:"


def parsed(verb: str = "generateContent", **fields: Any) -> ModelRequest:
    return gemini_generate.parse(json.dumps({"contents": CONTENTS} | fields).encode(), PATH + verb, {})


@pytest.mark.parametrize("snake", [False, True])
def test_names_are_read_in_either_case(snake: bool) -> None:
    fields: dict[str, Any] = {
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "generationConfig": {"maxOutputTokens": 7, "topP": 0.5, "responseMimeType": "application/json"},
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
        "tools": [
            {"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"type": "object"}}]},
            {"googleSearch": {}},
        ],
    }
    written = json.dumps(fields)
    if snake:
        written = re.sub(r'(?<=[a-z])([A-Z])(?=\w*":)', lambda found: "_" + found[1].lower(), written)
        assert "system_instruction" in written
    request = parsed(**json.loads(written))
    assert request.turns[0] == Turn(role="system", text="Be kind.")
    assert (request.max_output_tokens, request.top_p, request.schema, request.tool_choice) == (7, 0.5, {}, "f")
    assert [(tool.name, tool.schema) for tool in request.tools] == [("f", {"type": "object"}), ("googleSearch", {})]


def test_parts_are_read_as_turns() -> None:
    request = parsed(
        contents=[
            {"parts": [{"inlineData": {}}, {"text": "Hi"}]},
            {
                "role": "model",
                "parts": [{"text": "hm", "thought": True}, {"functionCall": {"name": "f", "args": {"a": 1}}}],
            },
            {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"b": 2}}}]},
        ]
    )
    assert request.turns == (
        Turn(role="user", text="Hi"),
        Turn(role="assistant", tool_uses=(ToolUse(name="f", arguments='{"a":1}'),)),
        Turn(role="tool", text='{"b":2}', answers="f"),
    )


@pytest.mark.parametrize(
    ("query", "kind"),
    [("?alt=sse&key=x", "text/event-stream"), ("?key=x", "application/json"), ("", "application/json")],
)
def test_a_stream_has_the_form_that_the_query_asks_for(query: str, kind: str) -> None:
    request = parsed(f"streamGenerateContent{query}")
    assert (request.stream, request.stream_type, request.model) == (True, kind, "gemini-x")
    stream = b"".join(gemini_generate.events(request, SAID, ("Hel", "lo")))
    assert stream.startswith(b"[" if kind == "application/json" else b"data: ")
    found = gemini_generate.read_events([stream[:10], stream[10:]])
    assert (found.text, found.finish, found.usage) == ("Hello", "stop", SAID.usage)


def test_an_array_that_ended_early_is_read_as_far_as_it_came() -> None:
    first, second, *_ = gemini_generate.events(parsed("streamGenerateContent"), SAID, ("Hel", "lo"))
    assert gemini_generate.read_events([first]).text == "Hel"
    assert gemini_generate.read_events([first, second]).finish is None
    with pytest.raises(WireError):
        gemini_generate.read_events([first, second[:20]])


def test_a_blocked_prompt_has_no_candidate() -> None:
    blocked = ModelAnswer(finish="content_filter")
    body = json.loads(gemini_generate.answer(parsed(), blocked))
    assert ("candidates" in body, body["promptFeedback"]) == (False, {"blockReason": "SAFETY"})
    cut = json.loads(gemini_generate.answer(parsed(), ModelAnswer(text="Hel", finish="content_filter")))
    assert cut["candidates"][0]["finishReason"] == "SAFETY"


@pytest.mark.parametrize("reason", ["RECITATION", "PROHIBITED_CONTENT", "SPII", "BLOCKLIST"])
def test_every_reason_to_block_is_read_as_the_filter(reason: str) -> None:
    body = {"candidates": [{"content": {"parts": []}, "finishReason": reason}]}
    assert gemini_generate.read(json.dumps(body).encode()).finish == "content_filter"


@pytest.mark.parametrize("verb", ["embedContent", "batchEmbedContents"])
def test_embeddings_are_asked_for_one_by_one_or_in_a_batch(verb: str) -> None:
    one = {"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 2}
    body = one if verb == "embedContent" else {"requests": [one, one]}
    request = gemini_generate.parse(json.dumps(body).encode(), PATH + verb, {})
    vectors = ((0.5, 1.0),) * len(request.inputs)
    assert (set(request.inputs), request.dimensions, request.operation) == ({"a"}, 2, "embeddings")
    assert gemini_generate.read(gemini_generate.answer(request, ModelAnswer(vectors=vectors))).vectors == vectors


@pytest.mark.parametrize(
    ("verb", "body", "says"),
    [
        ("generateContent", {}, "contents"),
        ("generateContent", {"contents": "Hi"}, "'contents'"),
        ("embedContent", {}, "content"),
        ("batchEmbedContents", {"requests": []}, "content"),
    ],
)
def test_a_wrong_request_is_refused(verb: str, body: dict[str, Any], says: str) -> None:
    with pytest.raises(WireError) as refused:
        gemini_generate.parse(json.dumps(body).encode(), PATH + verb, {})
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("status", "kind", "answered", "name"),
    [
        (400, "invalid_request_error", 400, "INVALID_ARGUMENT"),
        (401, "invalid_api_key", 400, "INVALID_ARGUMENT"),
        (403, None, 403, "PERMISSION_DENIED"),
        (404, "model_not_found", 404, "NOT_FOUND"),
        (429, "rate_limit", 429, "RESOURCE_EXHAUSTED"),
        (500, None, 500, "INTERNAL"),
        (503, "overloaded", 503, "UNAVAILABLE"),
        (400, "FAILED_PRECONDITION", 400, "FAILED_PRECONDITION"),
    ],
)
def test_errors_have_the_status_of_the_api(status: int, kind: str | None, answered: int, name: str) -> None:
    error = gemini_generate.error(status, kind=kind, model="x")
    body = json.loads(error.body)["error"]
    assert (error.status, body["code"], body["status"]) == (answered, answered, name)


def test_the_wait_is_a_detail() -> None:
    details = json.loads(gemini_generate.error(429, retry_after_s=3.5).body)["error"]["details"]
    assert details[-1] == {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}
