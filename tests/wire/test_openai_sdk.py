"""The official Python SDK of OpenAI reads every shape, and raises the exception that each status means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from pydantic import BaseModel

SAID = "Hello there, café 👋."
USER: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": PARAMETERS}}]
FLAT: Any = [{"type": "function", "name": "weather", "description": "d", "parameters": PARAMETERS}]


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0) as found:
        yield found


def test_a_plain_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.with_raw_response.create(model="say", messages=USER, n=2)
    assert answer.headers["x-ratelimit-remaining-requests"] == "59"
    assert answer.headers["x-request-id"] == "req_abc123"
    parsed = answer.parse()
    assert [choice.message.content for choice in parsed.choices] == [SAID, SAID]
    assert parsed.choices[0].finish_reason == "stop"
    assert parsed.usage is not None
    assert (parsed.usage.total_tokens, parsed.usage.prompt_tokens_details.cached_tokens) == (17, 4)  # type: ignore[union-attr]


def test_what_is_asked_for_is_understood(client: openai.OpenAI) -> None:
    told = client.chat.completions.create(
        model="read",
        messages=USER,
        tools=TOOLS,
        tool_choice="required",
        max_completion_tokens=9,
        temperature=0.5,
        top_p=0.25,
        stop=["END"],
        user="u1",
        metadata={"team": "t"},
    )
    assert json.loads(told.choices[0].message.content or "") == {
        "turns": [["system", "Be brief.", 0, None], ["user", "Hi", 0, None]],
        "tools": [["weather", "d", ["properties", "type"]]],
        "choice": "required",
        "schema": None,
        "limits": [9, 0.5, 0.25, ["END"]],
        "labels": {"user": "u1", "team": "t"},
    }


def test_a_stream_and_its_usage(client: openai.OpenAI) -> None:
    options: Any = {"include_usage": True}
    with client.chat.completions.stream(model="say", messages=USER, stream_options=options) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert (final.choices[0].message.content, final.choices[0].finish_reason) == (SAID, "stop")
    assert final.usage is not None
    assert final.usage.completion_tokens == 5
    assert all(chunk.usage is None for chunk in client.chat.completions.create(model="say", messages=USER, stream=True))


def test_a_stream_without_a_reason(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="open", messages=USER, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SAID
    assert {chunk.choices[0].finish_reason for chunk in chunks} == {None}


def test_an_error_in_a_stream(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="it broke"):
        list(client.chat.completions.create(model="break", messages=USER, stream=True))


@pytest.mark.parametrize("model", ["call", "call-two"])
def test_calls_of_tools_plain_and_streamed(client: openai.OpenAI, model: str) -> None:
    plain = client.chat.completions.create(model=model, messages=USER, tools=TOOLS).choices[0]
    with client.chat.completions.stream(model=model, messages=USER, tools=TOOLS) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        streamed = stream.get_final_completion().choices[0]
    assert plain.finish_reason == streamed.finish_reason == "tool_calls"
    calls: Any = plain.message.tool_calls
    assert len(done) == len(calls) == (2 if model == "call-two" else 1)
    assert [(c.id, c.function.name, c.function.arguments) for c in calls] == [
        (c.id, c.function.name, c.function.arguments)
        for c in streamed.message.tool_calls or []  # type: ignore[union-attr]
    ]
    assert json.loads(calls[0].function.arguments) == {"city": "Zürich", "days": 3}
    assert plain.message.content is None


def test_a_tool_is_answered(client: openai.OpenAI) -> None:
    call = client.chat.completions.create(model="call", messages=USER, tools=TOOLS).choices[0].message
    result: Any = {"role": "tool", "tool_call_id": "call_1", "content": "21"}
    told = client.chat.completions.create(model="read", messages=[*USER, call.to_dict(), result])  # type: ignore[list-item]
    assert json.loads(told.choices[0].message.content or "")["turns"][2:] == [
        ["assistant", "", 1, None],
        ["tool", "21", 0, "call_1"],
    ]


def test_structured_output(client: openai.OpenAI) -> None:
    answer = client.chat.completions.parse(model="json", messages=USER, response_format=Trip)
    assert answer.choices[0].message.parsed == Trip(city="Zürich", days=3)
    told = client.chat.completions.parse(model="read", messages=USER, response_format={"type": "json_object"})  # type: ignore[type-var]
    assert json.loads(told.choices[0].message.content or "")["schema"] == []


def test_a_refusal(client: openai.OpenAI) -> None:
    answer = client.chat.completions.parse(model="refuse", messages=USER, response_format=Trip).choices[0]
    assert (answer.message.refusal, answer.message.parsed) == ("I cannot help with that.", None)
    with client.chat.completions.stream(model="refuse", messages=USER) as stream:
        done = [event for event in stream if event.type == "refusal.done"]
    assert [event.refusal for event in done] == ["I cannot help with that."]


@pytest.mark.parametrize(
    ("model", "raised"), [("cut", openai.LengthFinishReasonError), ("filter", openai.ContentFilterFinishReasonError)]
)
def test_an_answer_that_was_ended(client: openai.OpenAI, model: str, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        client.chat.completions.parse(model=model, messages=USER, response_format=Trip)


@pytest.mark.parametrize(
    ("model", "raised", "code"),
    [
        ("fail-400", openai.BadRequestError, None),
        ("fail-400-context_length", openai.BadRequestError, "context_length_exceeded"),
        ("fail-401", openai.AuthenticationError, "invalid_api_key"),
        ("fail-403", openai.PermissionDeniedError, "unsupported_country_region_territory"),
        ("fail-404-model_not_found", openai.NotFoundError, "model_not_found"),
        ("fail-408", openai.APIStatusError, "request_timeout"),
        ("fail-409", openai.ConflictError, "conflict"),
        ("fail-413", openai.APIStatusError, None),
        ("fail-422", openai.UnprocessableEntityError, None),
        ("fail-429-rate_limit", openai.RateLimitError, "rate_limit_exceeded"),
        ("fail-429-insufficient_quota", openai.RateLimitError, "insufficient_quota"),
        ("fail-500", openai.InternalServerError, None),
        ("fail-502", openai.InternalServerError, None),
        ("fail-503", openai.InternalServerError, "server_is_overloaded"),
        ("fail-529", openai.InternalServerError, "server_is_overloaded"),
    ],
)
def test_each_status_raises_its_exception(
    client: openai.OpenAI, model: str, raised: type[openai.APIStatusError], code: str | None
) -> None:
    with pytest.raises(raised) as caught:
        client.chat.completions.create(model=model, messages=USER)
    assert type(caught.value) is raised
    assert caught.value.code == code
    assert caught.value.request_id in ("req_abc123",)


def test_a_response(client: openai.OpenAI) -> None:
    answer = client.responses.create(model="say", input="Hi", instructions="Be brief.")
    assert (answer.output_text, answer.status) == (SAID, "completed")
    assert answer.usage is not None
    assert (answer.usage.total_tokens, answer.usage.input_tokens_details.cached_tokens) == (17, 4)


@pytest.mark.parametrize("model", ["say", "call", "call-two", "refuse"])
def test_a_response_streamed_is_the_one_that_is_not(client: openai.OpenAI, model: str) -> None:
    plain = client.responses.create(model=model, input="Hi", tools=FLAT)
    with client.responses.stream(model=model, input="Hi", tools=FLAT) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events[:2]] == ["response.created", "response.in_progress"]
    assert events[-1].type == "response.completed"
    assert [item.to_dict() for item in final.output] == [_parsed(item.to_dict()) for item in plain.output]


def _parsed(item: dict[str, Any]) -> dict[str, Any]:
    """What the SDK itself adds when it accumulates a stream."""
    if item["type"] == "function_call":
        return item | {"parsed_arguments": None}
    return item | {"content": [p | {"parsed": None} if p["type"] == "output_text" else p for p in item["content"]]}


def test_responses_understand_calls_and_their_outputs(client: openai.OpenAI) -> None:
    first = client.responses.create(model="call", input="Hi", tools=FLAT)
    call: Any = first.output[0]
    assert json.loads(call.arguments) == {"city": "Zürich", "days": 3}
    items: Any = [
        {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        *[item.to_dict() for item in first.output],
        {"type": "function_call_output", "call_id": call.call_id, "output": "21"},
    ]
    told = client.responses.create(model="read", input=items, tools=FLAT, metadata={"team": "t"}, max_output_tokens=9)
    assert json.loads(told.output_text) == {
        "turns": [["user", "Hi", 0, None], ["assistant", "", 1, None], ["tool", "21", 0, "call_1"]],
        "tools": [["weather", "d", ["properties", "type"]]],
        "choice": "auto",
        "schema": None,
        "limits": [9, None, None, []],
        "labels": {"team": "t"},
    }


def test_structured_responses(client: openai.OpenAI) -> None:
    assert client.responses.parse(model="json", input="Hi", text_format=Trip).output_parsed == Trip(
        city="Zürich", days=3
    )
    told = client.responses.parse(model="read", input="Hi", text={"format": {"type": "json_object"}})
    assert json.loads(told.output_text)["schema"] == []


@pytest.mark.parametrize(("model", "reason"), [("cut", "max_output_tokens"), ("filter", "content_filter")])
def test_an_incomplete_response(client: openai.OpenAI, model: str, reason: str) -> None:
    answer = client.responses.create(model=model, input="Hi")
    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == reason
    assert [event.type for event in client.responses.create(model=model, input="Hi", stream=True)][
        -1
    ] == "response.incomplete"


def test_a_response_stream_that_ends_early_or_breaks(client: openai.OpenAI) -> None:
    events = list(client.responses.create(model="open", input="Hi", stream=True))
    assert events[-1].type == "response.output_text.delta"
    broken = list(client.responses.create(model="break", input="Hi", stream=True))
    assert (broken[-1].type, broken[-1].message) == ("error", "it broke")  # type: ignore[union-attr]


def test_tokens_of_a_response_are_counted(client: openai.OpenAI) -> None:
    assert client.responses.input_tokens.count(model="say", input="Hi").input_tokens == 12


@pytest.mark.parametrize("form", ["float", "base64", None])
def test_embeddings(client: openai.OpenAI, form: Any) -> None:
    asked = {"encoding_format": form} if form else {}
    answer = client.embeddings.create(model="embed", input=["ab", "abc"], **asked)
    if form != "base64":
        assert [item.embedding for item in answer.data] == [[0.5, -0.25, 2.0], [0.5, -0.25, 3.0]]
    assert [item.index for item in answer.data] == [0, 1]
    assert answer.usage.total_tokens == 12


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["say", "call"]
    assert client.models.retrieve("org/name").id == "org/name"


def test_moderations(client: openai.OpenAI) -> None:
    fine = client.moderations.create(model="say", input=["Hi", "there"])
    assert [result.flagged for result in fine.results] == [False, False]
    flagged = client.moderations.create(model="filter", input=[{"type": "text", "text": "Hi"}])
    (result,) = flagged.results
    assert (result.flagged, result.categories.harassment, result.categories.violence) == (True, True, False)


def test_older_completions(client: openai.OpenAI) -> None:
    assert client.completions.create(model="say", prompt="Hi").choices[0].text == SAID
    parts = client.completions.create(model="say", prompt="Hi", stream=True)
    assert "".join(part.choices[0].text for part in parts) == SAID


def test_a_batch(client: openai.OpenAI) -> None:
    body = {"model": "say", "messages": USER}
    lines = [{"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body} for id in ("a", "b")]
    content = "\n".join(map(json.dumps, lines)).encode()
    file = client.files.create(file=("in.jsonl", content), purpose="batch")
    assert (file.filename, file.bytes) == ("in.jsonl", len(content))
    endpoint: Any = "/v1/chat/completions"
    batch = client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")
    assert batch.status == "validating"
    batch = client.batches.retrieve(batch.id)
    assert (batch.status, batch.completed_at is not None) == ("completed", True)
    assert batch.output_file_id is not None
    output = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
    assert [line["custom_id"] for line in output] == ["a", "b"]
    assert {line["response"]["body"]["choices"][0]["message"]["content"] for line in output} == {SAID}
    assert client.batches.cancel(batch.id).status == "cancelled"
    assert batch.id in [found.id for found in client.batches.list()]
    assert client.files.delete(file.id).deleted


def test_azure(server: str) -> None:
    with openai.AzureOpenAI(azure_endpoint=server, api_key="none", api_version="2024-10-21", max_retries=0) as client:
        assert client.chat.completions.create(model="say", messages=USER).choices[0].message.content == SAID
        assert client.embeddings.create(model="embed", input="ab").data[0].embedding == [0.5, -0.25, 2.0]
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="fail-404", messages=USER)
