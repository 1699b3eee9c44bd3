"""OpenAI Responses: typed output items, and a stream of typed, numbered events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import sse
from gonogo.wire.base import ErrorAnswer, ModelAnswer, ModelRequest, Routes, Tool, Usage, WireError, spoken
from gonogo.wire.body import decode, encode, flag, labels, missing, number, split, table, tables, text, text_of, whole
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_responses"
routes: Routes = (("POST", "/responses", "chat"), ("POST", "/responses/input_tokens", "count_tokens"))

_DELTAS = {
    "response.output_text.delta": "message",
    "response.refusal.delta": "message",
    "response.function_call_arguments.delta": "function_call",
}
Emit = Callable[..., bytes]
"""Writes one event of a stream: its type and fields."""


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says."""
    raw = decode(body)
    if "input" not in raw and not raw.get("prompt") and not raw.get("previous_response_id"):
        raise missing("input")
    model = text(raw, "model")
    if not model and not raw.get("prompt"):
        raise missing("model")
    choice = raw.get("tool_choice")
    return ModelRequest(
        protocol=name,
        operation="count_tokens" if "/input_tokens" in path else "chat",
        model=model,
        turns=tuple(_turns(raw)),
        tools=tuple([_tool(tool) for tool in tables(raw, "tools")]),
        tool_choice=choice if isinstance(choice, str) else text(table(raw, "tool_choice"), "name") or "auto",
        stream=flag(raw, "stream"),
        max_output_tokens=whole(raw, "max_output_tokens"),
        temperature=number(raw, "temperature"),
        top_p=number(raw, "top_p"),
        schema=_schema(table(table(raw, "text"), "format")),
        labels=labels(raw, "user", "safety_identifier"),
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    if request.operation == "count_tokens":
        return encode({"object": "response.input_tokens", "input_tokens": answer.usage.input})
    return encode(_response(request, answer, _status(answer), _items(answer)))


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says; without a finish the items and the response stay open."""
    pieces = spoken(answer, pieces)
    sequence = iter(range(2**62))

    def emit(kind: str, **fields: Any) -> bytes:
        return sse.encode(encode({"type": kind, "sequence_number": next(sequence)} | fields), event=kind)

    begun = _response(request, answer, "in_progress", [])
    yield emit("response.created", response=begun)
    yield emit("response.in_progress", response=begun)
    for index, item in enumerate(_items(answer)):
        write = _call_events if item["type"] == "function_call" else _message_events
        yield from write(emit, index, item, pieces, answer.finish is not None)
    if answer.finish is not None:
        status = _status(answer)
        yield emit(f"response.{status}", response=_response(request, answer, status, _items(answer)))


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says."""
    about = table(decode(error.body), "error")
    fields = {"code": about.get("code") or about.get("type"), "message": about.get("message"), "param": None}
    return sse.encode(encode({"type": "error", "sequence_number": 0} | fields), event="error")


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    return _read(decode(body))


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says: the response that ends it, or what came of it."""
    response: dict[str, Any] = {}
    items: dict[int, dict[str, Any]] = {}
    said: dict[int, list[str]] = {}
    for event in sse.decode(events):
        if event.data == "[DONE]":
            break
        raw = decode(event.data.encode())
        kind = text(raw, "type")
        if kind == "error":
            raise_error({"error": raw})
        if "response" in raw:
            response = table(raw, "response")
        if kind in ("response.completed", "response.incomplete", "response.failed"):
            return _read(response)
        _collect(items, said, raw)
    return _read(response | {"output": [_so_far(item, "".join(said.get(at, ()))) for at, item in items.items()]})


def _turns(raw: dict[str, Any]) -> Iterator[Turn]:
    """Read instructions and input; items that are neither message nor function call (reasoning, ...) pass."""
    if instructions := text(raw, "instructions"):
        yield Turn(role="system", text=instructions)
    if isinstance(said := raw.get("input"), str):
        yield Turn(role="user", text=said)
        return
    for item in tables(raw, "input"):
        kind = item.get("type") or "message"
        if kind == "function_call":
            yield Turn(role="assistant", tool_uses=(_tool_use(item),))
        elif kind == "function_call_output":
            yield Turn(role="tool", text=text_of(item, "output"), answers=text(item, "call_id") or None)
        elif kind == "message":
            role = text(item, "role")
            yield Turn(role="system" if role == "developer" else role, text=text_of(item, "content"))


def _tool(raw: dict[str, Any]) -> Tool:
    """Read one tool that is offered; a built-in one has its type as its name."""
    named = text(raw, "name") or text(raw, "type")
    return Tool(name=named, description=text(raw, "description"), schema=table(raw, "parameters"))


def _schema(form: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema that `text.format` asks for: `{}` for JSON of any form, None for text."""
    kind = form.get("type")
    return {} if kind == "json_object" else table(form, "schema") if kind == "json_schema" else None


def _status(answer: ModelAnswer) -> str:
    """Return the status of the response that an answer makes."""
    if answer.finish is None:
        return "in_progress"
    return "incomplete" if answer.finish in ("length", "content_filter") else "completed"


def _response(request: ModelRequest, answer: ModelAnswer, status: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Write a response object."""
    reasons = {"length": "max_output_tokens", "content_filter": "content_filter"}
    asked = request.raw
    return {
        "id": f"resp_{answer.id}",
        "object": "response",
        "created_at": answer.created,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": reasons[answer.finish or ""]} if status == "incomplete" else None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": request.max_output_tokens,
        "model": answer.model,
        "output": items,
        "parallel_tool_calls": asked.get("parallel_tool_calls", True),
        "previous_response_id": asked.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": asked.get("store", True),
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "text": asked.get("text") or {"format": {"type": "text"}},
        "tool_choice": asked.get("tool_choice") or "auto",
        "tools": asked.get("tools") or [],
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "truncation": "disabled",
        "usage": None if status == "in_progress" else _usage(answer.usage),
        "user": asked.get("user"),
        "metadata": asked.get("metadata") or {},
    }


def _items(answer: ModelAnswer) -> list[dict[str, Any]]:
    """Write the output items: the message first, then the calls of functions."""
    state = "completed" if _status(answer) == "completed" else "incomplete"
    items: list[dict[str, Any]] = []
    if answer.text or answer.refusal is not None or not answer.tool_uses:
        part = _text_part(answer.text) if answer.refusal is None else {"type": "refusal", "refusal": answer.refusal}
        message = {"id": f"msg_{answer.id}", "type": "message", "status": state, "role": "assistant", "content": [part]}
        items.append(message)
    for index, use in enumerate(answer.tool_uses):
        call = {"id": f"fc_{answer.id}_{index}", "type": "function_call", "status": state, "call_id": use.id}
        items.append(call | {"name": use.name, "arguments": use.arguments})
    return items


def _text_part(said: str) -> dict[str, Any]:
    """Write a content part that is text."""
    return {"type": "output_text", "text": said, "annotations": [], "logprobs": []}


def _message_events(
    emit: Emit, index: int, item: dict[str, Any], pieces: tuple[str, ...], whole: bool
) -> Iterator[bytes]:
    """Write the events of a message."""
    (part,) = item["content"]
    refused = part["type"] == "refusal"
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    kind, field = ("response.refusal", "refusal") if refused else ("response.output_text", "text")
    extra: dict[str, Any] = {} if refused else {"logprobs": []}
    begun = item | {"status": "in_progress", "content": []}
    yield emit("response.output_item.added", output_index=index, item=begun)
    yield emit("response.content_part.added", part=part | {field: ""}, **place)
    for piece in pieces:
        yield emit(f"{kind}.delta", delta=piece, **place, **extra)
    if whole:
        yield emit(f"{kind}.done", **{field: part[field]}, **place, **extra)
        yield emit("response.content_part.done", part=part, **place)
        yield emit("response.output_item.done", output_index=index, item=item)


def _call_events(emit: Emit, index: int, item: dict[str, Any], _: tuple[str, ...], whole: bool) -> Iterator[bytes]:
    """Write the events of a function call."""
    place = {"item_id": item["id"], "output_index": index}
    kind, said = "response.function_call_arguments", item["arguments"]
    begun = item | {"status": "in_progress", "arguments": ""}
    yield emit("response.output_item.added", output_index=index, item=begun)
    for part in split(said):
        yield emit(f"{kind}.delta", delta=part, **place)
    if whole:
        yield emit(f"{kind}.done", name=item["name"], arguments=said, **place)
        yield emit("response.output_item.done", output_index=index, item=item)


def _usage(usage: Usage) -> dict[str, Any]:
    """Write how many tokens a response took."""
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.input + usage.output,
    }


def _read(raw: dict[str, Any]) -> ModelAnswer:
    """Read a response object; a failed one is raised."""
    raise_error(raw)
    said: list[str] = []
    refused: list[str] = []
    uses: list[ToolUse] = []
    for item in tables(raw, "output"):
        if item.get("type") == "function_call":
            uses.append(_tool_use(item))
        for part in tables(item, "content") if item.get("type") == "message" else []:
            said.append(text(part, "text"))
            refused.append(text(part, "refusal"))
    refusal = "".join(refused) or None
    usage = table(raw, "usage")
    return ModelAnswer(
        id=text(raw, "id").removeprefix("resp_"),
        created=int(number(raw, "created_at") or 0),
        model=text(raw, "model"),
        text="".join(said),
        refusal=refusal,
        tool_uses=tuple(uses),
        finish=_finish(raw, refusal is not None, bool(uses)),
        usage=Usage(
            input=whole(usage, "input_tokens") or 0,
            output=whole(usage, "output_tokens") or 0,
            cached=whole(table(usage, "input_tokens_details"), "cached_tokens") or 0,
        ),
    )


def _finish(raw: dict[str, Any], refused: bool, called: bool) -> str | None:
    """Read why a response ended."""
    status = text(raw, "status")
    if status == "failed":
        raise WireError("the response failed", status=500, kind="server_error")
    if status == "incomplete":
        reason = text(table(raw, "incomplete_details"), "reason")
        return "content_filter" if reason == "content_filter" else "length"
    if status != "completed":
        return None
    return "refusal" if refused else "tool_calls" if called else "stop"


def _tool_use(raw: dict[str, Any]) -> ToolUse:
    """Read one function call."""
    return ToolUse(id=text(raw, "call_id"), name=text(raw, "name"), arguments=text(raw, "arguments"))


def _collect(items: dict[int, dict[str, Any]], said: dict[int, list[str]], raw: dict[str, Any]) -> None:
    """Take what one event says of an output item: the item, or a part of its text, refusal or arguments."""
    index, kind = whole(raw, "output_index") or 0, text(raw, "type")
    if kind in ("response.output_item.added", "response.output_item.done"):
        items[index] = table(raw, "item")
    elif kind in _DELTAS:
        said.setdefault(index, []).append(text(raw, "delta"))
        items.setdefault(index, {"type": _DELTAS[kind]})


def _so_far(item: dict[str, Any], said: str) -> dict[str, Any]:
    """Return an output item with what was said of it so far."""
    if item.get("type") == "function_call":
        return item | {"arguments": said}
    return item | {"content": [{"text": said}]}
