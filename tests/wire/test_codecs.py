"""What holds for every codec: any bytes are read or refused, and what is written is read back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonogo.facts.traffic import ToolUse
from gonogo.wire import routes, sse
from gonogo.wire.base import Codec, ModelAnswer, ModelRequest, Usage, WireError

CODECS = pytest.mark.parametrize("codec", routes.CODECS, ids=lambda codec: codec.name)
SOURCES = Path(routes.__file__).parent
WORDS = sorted({word for path in SOURCES.glob("*.py") for word in re.findall(r'"([A-Za-z_]{1,30})"', path.read_text())})
"""Every name that the codecs look at, so that generated bodies reach deep into them."""

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(WORDS)
)
NESTED = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)
HARD = [b"", b"[]", b"null", b"{", b"\xff", b'{"model":"\\ud800"}', b'{"a":NaN}', b'{"a":' * 50_000, b"[" * 100_000]
HARD += [b'{"temperature":' + b"9" * 400 + b',"model":"m","messages":[{"role":"user"}],"input":"x","max_tokens":1}']
LONG = json.dumps({"a": "ü" * 40}, ensure_ascii=False, separators=(",", ":"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ARGUMENTS = ["", "{", "[1]", "NaN", "9" * 400, "[" * 150 + "]" * 150, "[" * 900 + "]" * 900, '{"a":1},"b":{"c":2}']
KINDS = {
    400: "context_length content_filter",
    401: "invalid_api_key expired_api_key",
    404: "model_not_found model_retired",
    429: "rate_limit insufficient_quota",
    503: "overloaded",
}
ANSWERS = {
    "text": ModelAnswer(id="7", model="m", text="Grüße 👋 \u2028 there", usage=Usage(input=9, output=2)),
    "empty": ModelAnswer(id="7", model="m", text=""),
    "tools": ModelAnswer(
        id="7", model="m", tool_uses=(ToolUse(id="t", name="f", arguments=LONG),) * 2, finish="tool_calls"
    ),
    "cut": ModelAnswer(id="7", model="m", text="Hal", finish="length"),
    "filtered": ModelAnswer(id="7", model="m", text="", finish="content_filter"),
}


OTHER_FINISH = {
    ("anthropic_messages", "content_filter"): "refusal",
    ("mistral", "content_filter"): "stop",
    ("ollama", "content_filter"): "stop",
    ("openai_completions", "tool_calls"): "stop",
}
"""What a protocol has no word for is read as the nearest that it has."""


def exercise(codec: Codec, body: bytes, path: str) -> None:
    """Let the codec read the body in every role it may have."""
    for read in (
        lambda: codec.parse(body, path, {}),
        lambda: codec.read(body),
        lambda: codec.read_events([body]),
        lambda: codec.read_events([b"data: ", body, b"\n\n"]),
    ):
        try:
            read()
        except WireError as refused:
            assert isinstance(refused.message, str)
            codec.error(refused.status, kind=refused.kind, message=refused.message, param=refused.param)


@CODECS
@pytest.mark.parametrize("body", HARD, ids=lambda body: body[:12].decode("ascii", "replace"))
def test_hard_bodies_are_refused_and_nothing_else(codec: Codec, body: bytes) -> None:
    for _, path, _ in codec.routes:
        exercise(codec, body, path)


@CODECS
@given(body=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(codec: Codec, body: bytes) -> None:
    exercise(codec, body, "/v1/models/m:streamGenerateContent")


@CODECS
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(fields=st.dictionaries(st.sampled_from(WORDS), NESTED, max_size=6), model=NESTED, said=NESTED, kind=NESTED)
def test_any_json_is_read_or_refused(codec: Codec, fields: Any, model: Any, said: Any, kind: Any) -> None:
    wanted = {"model": model, "messages": said, "input": said, "contents": said, "choices": said, "type": kind}
    for raw in (fields, wanted | fields):
        for _, path, _ in codec.routes:
            exercise(codec, json.dumps(raw).encode(), path)


@CODECS
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_what_is_written_is_read_back(codec: Codec, answer: ModelAnswer) -> None:
    if codec.routes[0][2] != "chat":
        return
    request = ModelRequest(protocol=codec.name, model="m")
    uses = [] if codec.name == "openai_completions" else [(use.name, use.arguments) for use in answer.tool_uses]
    expected = (answer.text, uses, OTHER_FINISH.get((codec.name, answer.finish), answer.finish))
    pieces = tuple(answer.text[at : at + 3] for at in range(0, len(answer.text), 3))
    written = codec.read(codec.answer(request, answer))
    stream = b"".join(codec.events(request, answer, pieces))
    streamed = codec.read_events([stream[at : at + 5] for at in range(0, len(stream), 5)])
    for found in (written, streamed):
        assert (found.text, [(use.name, use.arguments) for use in found.tool_uses], found.finish) == expected
        assert found.model == ("" if codec.name == "cohere_chat" else "m")


@CODECS
@given(said=TEXTS, refusal=st.none() | TEXTS, arguments=TEXTS | st.sampled_from(ARGUMENTS), size=st.integers(1, 9))
def test_any_answer_is_written_and_read_back(
    codec: Codec, said: str, refusal: str | None, arguments: str, size: int
) -> None:
    if codec.routes[0][2] != "chat":
        return
    request = ModelRequest(protocol=codec.name, model="m")
    pieces = tuple(said[at : at + size] for at in range(0, len(said), size))
    answer = ModelAnswer(model="m", text=said)
    assert codec.read(codec.answer(request, answer)).text == said
    assert codec.read_events(codec.events(request, answer, pieces)).text == said
    used = (ToolUse(id="t", name="f", arguments=arguments),)
    for other in (ModelAnswer(refusal=refusal, finish="refusal"), ModelAnswer(tool_uses=used, finish="tool_calls")):
        codec.read(codec.answer(request, other))
        codec.read_events(codec.events(request, other, pieces))


@CODECS
@pytest.mark.parametrize("answer", [ModelAnswer(refusal="No.", finish="refusal"), ModelAnswer(text="No.")])
def test_what_comes_in_no_pieces_is_streamed_in_one(codec: Codec, answer: ModelAnswer) -> None:
    if codec.routes[0][2] != "chat":
        return
    request = ModelRequest(protocol=codec.name, model="m")
    for pieces in ((), ("",)):
        found = codec.read_events(codec.events(request, answer, pieces))
        assert (found.refusal or found.text) == "No."


@CODECS
def test_a_stream_that_ends_without_a_reason_is_read_as_such(codec: Codec) -> None:
    if codec.routes[0][2] != "chat":
        return
    request = ModelRequest(protocol=codec.name, model="m")
    found = codec.read_events(codec.events(request, ModelAnswer(text="Hallo", finish=None), ("Hal", "lo")))
    assert (found.text, found.finish) == ("Hallo", None)


@CODECS
def test_an_error_in_a_stream_is_raised_with_its_message(codec: Codec) -> None:
    event = codec.error_event(codec.error(500, message="it broke"))
    with pytest.raises(WireError):
        codec.read_events([event])


@CODECS
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 529])
def test_every_status_has_an_error_body(codec: Codec, status: int) -> None:
    error = codec.error(status, retry_after_s=2, model="m")
    assert (error.status, error.headers["retry-after"]) == (status, "2")
    if error.headers["content-type"] == "application/json":
        with pytest.raises(WireError):
            codec.read(error.body)


@CODECS
def test_every_kind_that_all_share_has_an_error_body(codec: Codec) -> None:
    for status, kinds in KINDS.items():
        for kind in kinds.split():
            assert b"{model}" not in codec.error(status, kind=kind, model="m").body


@CODECS
def test_events_are_whole(codec: Codec) -> None:
    """Each item is one event as it goes over the wire, so that a fault can fall between two."""
    request = ModelRequest(protocol=codec.name, model="m")
    for event in codec.events(request, ANSWERS["tools"], ("a", "b")):
        assert event.count(b"\n") == 1 if codec.name == "ollama" else len(list(sse.decode([event]))) == 1
