"""OpenAI Chat Completions, which Azure OpenAI and most servers of open models speak too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import sse
from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, Usage, WireError, spoken
from gonogo.wire.body import (
    decode,
    encode,
    flag,
    function_tool,
    function_use,
    labels,
    missing,
    number,
    split,
    table,
    tables,
    text,
    text_of,
    texts,
    whole,
    wrong_type,
)
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_chat"
routes: Routes = (("POST", "/deployments/{model}/chat/completions", "chat"), ("POST", "/chat/completions", "chat"))

_FINISH = {"refusal": "stop"}
_ROLES = {"developer": "system", "function": "tool"}


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says."""
    raw = decode(body)
    model = text(raw, "model") or deployment(path)
    if not model:
        raise WireError("you must provide a model parameter")
    if "messages" not in raw:
        raise missing("messages")
    messages = tables(raw, "messages")
    if not messages:
        raise WireError("Invalid 'messages': empty array.", kind="empty_array", param="messages")
    options = table(raw, "stream_options")
    return ModelRequest(
        protocol=name,
        model=model,
        turns=tuple([_turn(message, index) for index, message in enumerate(messages)]),
        tools=tuple([function_tool(tool) for tool in tables(raw, "tools")]) if raw.get("tools") else (),
        tool_choice=_choice(raw.get("tool_choice")),
        stream=flag(raw, "stream"),
        stream_usage=flag(options, "include_usage"),
        max_output_tokens=whole(raw, "max_completion_tokens") or whole(raw, "max_tokens"),
        temperature=number(raw, "temperature"),
        top_p=number(raw, "top_p"),
        stop=texts(raw, "stop"),
        schema=schema_of(table(raw, "response_format")),
        choices=choices_of(raw),
        labels=labels(raw, "user", "safety_identifier"),
        raw=raw,
    )


def deployment(path: str) -> str:
    """Return the deployment that an Azure path names, "" for other paths."""
    _, found, rest = path.partition("/deployments/")
    return unquote(rest.partition("/")[0]) if found else ""


def choices_of(raw: dict[str, Any]) -> int:
    """Read `n`: how many answers are wanted, 1 to 128 as the API allows."""
    count = whole(raw, "n")
    if count is None:
        return 1
    if not 1 <= count <= 128:
        raise WireError(f"Invalid 'n': {count} is not between 1 and 128.", kind="invalid_value", param="n")
    return count


def schema_of(form: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema that `response_format` asks for: `{}` for JSON of any form, None for text."""
    kind = form.get("type")
    if kind == "json_object":
        return {}
    return table(table(form, "json_schema"), "schema") if kind == "json_schema" else None


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": answer.refusal}
    if answer.tool_uses:
        message["tool_calls"] = [write_use(use) for use in answer.tool_uses]
    if (answer.tool_uses and not answer.text) or answer.refusal is not None:
        message["content"] = None
    finish = _FINISH.get(answer.finish or "", answer.finish)
    return encode(
        _envelope(answer, "chat.completion")
        | {
            "choices": [
                {"index": index, "message": message, "logprobs": None, "finish_reason": finish}
                for index in range(request.choices)
            ],
            "usage": write_usage(answer.usage),
        }
    )


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says."""
    pieces = spoken(answer, pieces)
    envelope = _envelope(answer, "chat.completion.chunk")
    if request.stream_usage:
        envelope["usage"] = None

    def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return sse.encode(encode(envelope | {"choices": [choice]}))

    field = "content" if answer.refusal is None else "refusal"
    for index in range(request.choices):
        yield chunk(index, {"role": "assistant", "content": "" if pieces else None, "refusal": None})
        for piece in pieces:
            yield chunk(index, {field: piece})
        for at, use in enumerate(answer.tool_uses):
            function = {"name": use.name, "arguments": ""}
            yield chunk(index, {"tool_calls": [{"index": at, "id": use.id, "type": "function", "function": function}]})
            for part in split(use.arguments):
                yield chunk(index, {"tool_calls": [{"index": at, "function": {"arguments": part}}]})
        if answer.finish is not None:
            yield chunk(index, {}, _FINISH.get(answer.finish, answer.finish))
    if request.stream_usage:
        yield sse.encode(encode(envelope | {"choices": [], "usage": write_usage(answer.usage)}))
    yield b"data: [DONE]\n\n"


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    raise_error(raw)
    choices = tables(raw, "choices")
    first = choices[0] if choices else {}
    message = table(first, "message")
    refusal = text(message, "refusal") or None
    finish = text(first, "finish_reason") or None
    return ModelAnswer(
        id=text(raw, "id").removeprefix("chatcmpl-"),
        created=whole(raw, "created") or 0,
        model=text(raw, "model"),
        text=text_of(message, "content"),
        refusal=refusal,
        tool_uses=tuple([function_use(use) for use in tables(message, "tool_calls")]),
        finish="refusal" if refusal is not None and finish == "stop" else finish,
        usage=read_usage(table(raw, "usage")),
    )


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says; of several choices, the first."""
    raw: dict[str, Any] = {}
    said: list[str] = []
    refused: list[str] = []
    uses: dict[int, dict[str, Any]] = {}
    usage, finish = Usage(), None
    for event in sse.decode(events):
        if event.data == "[DONE]":
            break
        chunk = decode(event.data.encode())
        raise_error(chunk)
        raw = raw or chunk
        usage = read_usage(table(chunk, "usage")) if chunk.get("usage") else usage
        for choice in tables(chunk, "choices"):
            if choice.get("index", 0) != 0:
                continue
            delta = table(choice, "delta")
            said.append(text(delta, "content"))
            refused.append(text(delta, "refusal"))
            finish = text(choice, "finish_reason") or finish
            for part in tables(delta, "tool_calls"):
                _add(uses, part)
    refusal = "".join(refused) or None
    return ModelAnswer(
        id=text(raw, "id").removeprefix("chatcmpl-"),
        created=whole(raw, "created") or 0,
        model=text(raw, "model"),
        text="".join(said),
        refusal=refusal,
        tool_uses=tuple([ToolUse(id=u["id"], name=u["name"], arguments="".join(u["said"])) for u in uses.values()]),
        finish="refusal" if refusal is not None and finish == "stop" else finish,
        usage=usage,
    )


def _turn(message: dict[str, Any], index: int) -> Turn:
    """Read one message."""
    role = message.get("role")
    if not isinstance(role, str):
        raise (
            missing(f"messages[{index}].role")
            if role is None
            else wrong_type(f"messages[{index}].role", "a string", role)
        )
    content = message.get("content")
    said = content if isinstance(content, str) else text_of(message, "content", f"messages[{index}].content")
    uses = message.get("tool_calls")
    return Turn(
        role=_ROLES.get(role, role),
        text=said,
        tool_uses=tuple([function_use(use) for use in tables(message, "tool_calls")]) if uses else (),
        answers=text(message, "tool_call_id") or None if role == "tool" else None,
    )


def _choice(raw: object) -> str:
    """Read `tool_choice`."""
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, dict):
        return "auto"
    function = raw.get("function")
    named = function.get("name") if isinstance(function, dict) else None
    return named if isinstance(named, str) else "auto"


def _add(uses: dict[int, dict[str, Any]], part: dict[str, Any]) -> None:
    """Add a part of a tool call to those that are under way."""
    use = uses.setdefault(whole(part, "index") or 0, {"id": "", "name": "", "said": []})
    function = table(part, "function")
    use["id"] = text(part, "id") or use["id"]
    use["name"] = text(function, "name") or use["name"]
    use["said"].append(text(function, "arguments"))


def write_use(use: ToolUse) -> dict[str, Any]:
    """Write one call of a tool."""
    return {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": use.arguments}}


def _envelope(answer: ModelAnswer, kind: str) -> dict[str, Any]:
    """Write what an answer and each chunk of a stream have in common."""
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": kind,
        "created": answer.created,
        "model": answer.model,
        "service_tier": "default",
        "system_fingerprint": "fp_0000000000",
    }


def write_usage(usage: Usage) -> dict[str, Any]:
    """Write how many tokens an answer took."""
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def read_usage(raw: dict[str, Any]) -> Usage:
    """Read how many tokens an answer took."""
    return Usage(
        input=whole(raw, "prompt_tokens") or 0,
        output=whole(raw, "completion_tokens") or 0,
        cached=whole(table(raw, "prompt_tokens_details"), "cached_tokens") or 0,
    )
