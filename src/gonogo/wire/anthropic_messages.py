"""Anthropic Messages: content blocks, their stream of typed events, token counts, models and errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import sse
from gonogo.wire.anthropic_errors import error as error
from gonogo.wire.anthropic_errors import error_event as error_event
from gonogo.wire.anthropic_errors import headers as headers
from gonogo.wire.anthropic_errors import raise_error
from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, Tool, Usage, WireError, spoken
from gonogo.wire.body import (
    arguments_of,
    arguments_text,
    decode,
    encode,
    flag,
    number,
    rfc3339,
    split,
    table,
    tables,
    text,
    text_of,
    texts,
    whole,
)

name = "anthropic_messages"
HOST = "api.anthropic.com"
routes: Routes = (
    ("POST", "/v1/messages", "chat"),
    ("POST", "/v1/messages/count_tokens", "count_tokens"),
    ("GET", f"{HOST}/v1/models", "models"),
    ("GET", f"{HOST}/v1/models/{{model}}", "models"),
)

_FINISH = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "refusal": "refusal",
}
_READ_FINISH = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
}
_CHOICES = {"any": "required", "none": "none"}


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says."""
    if "/v1/models" in path:
        _, _, model = path.partition("?")[0].partition("/models/")
        return ModelRequest(protocol=name, operation="models", model=unquote(model))
    raw = decode(body)
    counts = "/count_tokens" in path
    for field in ("model", "messages") if counts else ("model", "messages", "max_tokens"):
        if raw.get(field) is None:
            raise WireError(f"{field}: Field required", param=field)
    messages = tables(raw, "messages")
    if not messages:
        raise WireError("messages: at least one message is required", param="messages")
    choice = table(raw, "tool_choice")
    form = table(table(raw, "output_config"), "format") or table(raw, "output_format")
    return ModelRequest(
        protocol=name,
        operation="count_tokens" if counts else "chat",
        model=text(raw, "model"),
        turns=tuple(_turns(raw, messages)),
        tools=tuple([_tool(tool) for tool in tables(raw, "tools")]) if raw.get("tools") else (),
        tool_choice=text(choice, "name") or _CHOICES.get(text(choice, "type"), "auto"),
        stream=flag(raw, "stream"),
        max_output_tokens=whole(raw, "max_tokens"),
        temperature=number(raw, "temperature"),
        top_p=number(raw, "top_p"),
        stop=texts(raw, "stop_sequences"),
        schema=table(form, "schema") if form.get("type") == "json_schema" else None,
        labels={"user_id": user} if (user := text(table(raw, "metadata"), "user_id")) else {},
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    if request.operation == "count_tokens":
        return encode({"input_tokens": answer.usage.input})
    if request.operation == "models":
        return encode(_models(request.model, answer))
    return encode(_message(answer, _blocks(answer), _FINISH.get(answer.finish or ""), answer.usage.output))


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says; without a finish the last block stays open."""
    pieces = spoken(answer, pieces)
    yield _event("message_start", message=_message(answer, [], None, 1))
    blocks = _blocks(answer)
    arguments = [""] * (len(blocks) - len(answer.tool_uses)) + [use.arguments for use in answer.tool_uses]
    for index, block in enumerate(blocks):
        said = block["type"] == "text"
        empty: dict[str, Any] = {"text": ""} if said else {"input": {}}
        yield _event("content_block_start", index=index, content_block=block | empty)
        if not index:
            yield _event("ping")
        for part in pieces if said else ("", *split(arguments[index])):
            delta = {"type": "text_delta", "text": part} if said else {"type": "input_json_delta", "partial_json": part}
            yield _event("content_block_delta", index=index, delta=delta)
        if answer.finish is None and index == len(blocks) - 1:
            return
        yield _event("content_block_stop", index=index)
    if answer.finish is not None:
        yield _event("message_delta", delta=_ending(answer), usage=_usage(answer.usage, answer.usage.output))
        yield _event("message_stop")


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    raise_error(raw)
    if "data" in raw:
        return ModelAnswer(models=tuple([text(model, "id") for model in tables(raw, "data")]))
    if "content" not in raw and "input_tokens" in raw:
        return ModelAnswer(usage=Usage(input=whole(raw, "input_tokens") or 0))
    uses = [
        ToolUse(id=text(b, "id"), name=text(b, "name"), arguments=arguments_text(b.get("input")))
        for b in tables(raw, "content")
        if b.get("type") == "tool_use"
    ]
    said = "".join([text(block, "text") for block in tables(raw, "content") if block.get("type") == "text"])
    return _read(raw, said, uses, table(raw, "usage"))


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says. Thinking and kinds of deltas that are new pass."""
    raw: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    said: list[str] = []
    uses: dict[int, tuple[dict[str, Any], list[str]]] = {}
    for event in sse.decode(events):
        part = decode(event.data.encode())
        raise_error(part)
        kind, index = part.get("type"), whole(part, "index") or 0
        if kind == "message_start":
            raw |= table(part, "message")
            usage |= table(raw, "usage")
        elif kind == "content_block_start":
            block = table(part, "content_block")
            said.append(text(block, "text"))
            if block.get("type") == "tool_use":
                uses[index] = (block, [])
        elif kind == "content_block_delta":
            delta = table(part, "delta")
            said.append(text(delta, "text"))
            if index in uses:
                uses[index][1].append(text(delta, "partial_json"))
        elif kind == "message_delta":
            raw |= table(part, "delta")
            usage |= {key: value for key, value in table(part, "usage").items() if value is not None}
    found = [
        ToolUse(id=text(block, "id"), name=text(block, "name"), arguments="".join(parts) or "{}")
        for block, parts in uses.values()
    ]
    return _read(raw, "".join(said), found, usage)


def _turns(raw: dict[str, Any], messages: list[dict[str, Any]]) -> Iterator[Turn]:
    """Read the system prompt and the messages; a result of a tool is a turn of its own."""
    if raw.get("system"):
        yield Turn(role="system", text=text_of(raw, "system"))
    for index, message in enumerate(messages):
        role = text(message, "role")
        if role not in ("user", "assistant", "system"):
            raise WireError(f"messages.{index}.role: Input should be 'user' or 'assistant'", param="messages")
        content = message.get("content")
        if isinstance(content, str):
            yield Turn(role=role, text=content)
            continue
        blocks = tables(message, "content")
        for block in blocks:
            if block.get("type") == "tool_result":
                yield Turn(role="tool", text=text_of(block, "content"), answers=text(block, "tool_use_id") or None)
        uses = tuple([_tool_use(block) for block in blocks if block.get("type") == "tool_use"])
        said = "\n".join([text(block, "text") for block in blocks if block.get("type") == "text"])
        if said or uses:
            yield Turn(role=role, text=said, tool_uses=uses)


def _tool(raw: dict[str, Any]) -> Tool:
    """Read one tool that is offered; one that the server runs has a name but no schema."""
    return Tool(name=text(raw, "name"), description=text(raw, "description"), schema=table(raw, "input_schema"))


def _tool_use(block: dict[str, Any]) -> ToolUse:
    """Read one call of a tool."""
    return ToolUse(id=text(block, "id"), name=text(block, "name"), arguments=arguments_text(block.get("input")))


def _message(answer: ModelAnswer, blocks: list[dict[str, Any]], finish: str | None, output: int) -> dict[str, Any]:
    """Write a message."""
    ending = _ending(answer) if finish else {"stop_reason": None, "stop_sequence": None, "stop_details": None}
    return {
        "id": f"msg_{answer.id}",
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": blocks,
        **ending,
        "usage": _usage(answer.usage, output),
    }


def _ending(answer: ModelAnswer) -> dict[str, Any]:
    """Write why a message ended; a refusal carries its explanation beside the content."""
    reason = _FINISH.get(answer.finish or "")
    refused = {"type": "refusal", "category": None, "explanation": answer.refusal} if reason == "refusal" else None
    return {"stop_reason": reason, "stop_sequence": None, "stop_details": refused}


def _blocks(answer: ModelAnswer) -> list[dict[str, Any]]:
    """Write the content: the text first, then the uses of tools. What refuses is text like any other."""
    said = answer.text or answer.refusal or ""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": said}] if said else []
    return blocks + [
        {"type": "tool_use", "id": use.id, "name": use.name, "input": arguments_of(use)} for use in answer.tool_uses
    ]


def _event(kind: str, **fields: Any) -> bytes:
    """Write one event."""
    return sse.encode(encode({"type": kind} | fields), event=kind)


def _usage(usage: Usage, output: int) -> dict[str, Any]:
    """Write how many tokens a message took; those from the cache are counted apart."""
    return {
        "input_tokens": usage.input - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": output,
        "service_tier": "standard",
    }


def _models(model: str, answer: ModelAnswer) -> dict[str, Any]:
    """Write the list of models, or the one that is asked for."""
    found = [
        {"type": "model", "id": id, "display_name": id, "created_at": rfc3339(answer.created), "lifecycle": "active"}
        for id in ([model] if model else answer.models)
    ]
    if model:
        return found[0]
    ends = {"first_id": found[0]["id"], "last_id": found[-1]["id"]} if found else {"first_id": None, "last_id": None}
    return {"data": found, "has_more": False, **ends}


def _read(raw: dict[str, Any], said: str, uses: list[ToolUse], usage: dict[str, Any]) -> ModelAnswer:
    """Read a message, from one piece or from its events."""
    reason = text(raw, "stop_reason")
    finish = _READ_FINISH.get(reason, "stop") if reason else None
    details = table(raw, "stop_details")
    refusal = text(details, "explanation") or None if finish == "refusal" else None
    cached = whole(usage, "cache_read_input_tokens") or 0
    written = whole(usage, "cache_creation_input_tokens") or 0
    return ModelAnswer(
        id=text(raw, "id").removeprefix("msg_"),
        model=text(raw, "model"),
        text="" if refusal == said else said,
        refusal=refusal,
        tool_uses=tuple(uses),
        finish=finish,
        usage=Usage(
            input=(whole(usage, "input_tokens") or 0) + cached + written,
            output=whole(usage, "output_tokens") or 0,
            cached=cached,
        ),
    )
