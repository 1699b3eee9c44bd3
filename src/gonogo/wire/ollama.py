"""Ollama's own API: chat, generate, embeddings and tags, streamed as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, ModelRequest, Routes, Usage, WireError, spoken
from gonogo.wire.body import (
    arguments_of,
    arguments_text,
    decode,
    encode,
    function_tool,
    missing,
    number,
    rfc3339,
    table,
    tables,
    text,
    texts,
    vector_of,
    whole,
)
from gonogo.wire.openai_errors import waiting

name = "ollama"
routes: Routes = (
    ("POST", "/api/chat", "chat"),
    ("POST", "/api/generate", "chat"),
    ("POST", "/api/embed", "embeddings"),
    ("POST", "/api/embeddings", "embeddings"),
    ("GET", "/api/tags", "models"),
)

_FINISH = {"length": "length", None: None}
_ERRORS = {
    400: "invalid request",
    401: "unauthorized",
    404: "model '{model}' not found",
    429: "too many requests",
    503: "server busy, please try again.  maximum pending requests exceeded",
}


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says. What is not said to be one whole answer is streamed."""
    if path.partition("?")[0].endswith("/tags"):
        return ModelRequest(protocol=name, operation="models")
    raw = decode(body)
    if not raw.get("model"):
        raise missing("model")
    options = table(raw, "options")
    embeds = "/embed" in path
    return ModelRequest(
        protocol=name,
        operation="embeddings" if embeds else "chat",
        model=text(raw, "model"),
        turns=() if embeds else tuple(_turns(raw)),
        tools=tuple([function_tool(tool) for tool in tables(raw, "tools")]),
        stream=not embeds and raw.get("stream") is not False,
        stream_type="application/x-ndjson",
        max_output_tokens=whole(options, "num_predict"),
        temperature=number(options, "temperature"),
        top_p=number(options, "top_p"),
        stop=texts(options, "stop"),
        schema={} if raw.get("format") == "json" else table(raw, "format") or None if raw.get("format") else None,
        inputs=texts(raw, "input") or texts(raw, "prompt") if embeds else (),
        dimensions=whole(raw, "dimensions"),
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    if request.operation == "models":
        return encode({"models": [_model(model, answer.created) for model in answer.models]})
    if request.operation == "embeddings" and "input" not in request.raw:
        return encode({"embedding": answer.vectors[0]})
    if request.operation == "embeddings":
        counts = {"total_duration": 1, "load_duration": 1, "prompt_eval_count": answer.usage.input}
        return encode({"model": answer.model, "embeddings": answer.vectors} | counts)
    return encode(_part(request, answer, answer.text or answer.refusal or "", answer.tool_uses) | _ending(answer))


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says: a line each, the last with the reason and the counts."""
    pieces = spoken(answer, pieces)
    for piece in pieces:
        yield encode(_part(request, answer, piece, ()) | {"done": False}) + b"\n"
    if answer.tool_uses:
        yield encode(_part(request, answer, "", answer.tool_uses) | {"done": False}) + b"\n"
    if answer.finish is not None:
        yield encode(_part(request, answer, "", ()) | _ending(answer)) + b"\n"


def error(
    status: int,
    *,
    kind: str | None = None,
    message: str | None = None,
    retry_after_s: float | None = None,
    model: str = "",
    param: str | None = None,
    id: str = "0",
) -> ErrorAnswer:
    """Write the error that Ollama answers with `status`, as `Codec.error` says: one sentence, without a kind."""
    said = message or _ERRORS.get(status, "internal server error").format(model=model or "unknown")
    headers = {"content-type": "application/json"} | waiting(retry_after_s)
    return ErrorAnswer(status=status, body=encode({"error": said}), headers=headers)


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says."""
    return error.body + b"\n"


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return no headers: this API has neither ids nor limits."""
    return {}


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    return _read([decode(body)])


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says; a line that is not ended is dropped."""
    *lines, _ = b"".join(events).split(b"\n")
    return _read(decode(line) for line in lines if line.strip())


def _turns(raw: dict[str, Any]) -> Iterator[Turn]:
    """Read the messages, or system prompt and prompt."""
    if system := text(raw, "system"):
        yield Turn(role="system", text=system)
    if "prompt" in raw:
        yield Turn(role="user", text=text(raw, "prompt"))
    for message in tables(raw, "messages"):
        yield Turn(
            role=text(message, "role"),
            text=text(message, "content"),
            tool_uses=tuple([_use(call) for call in tables(message, "tool_calls")]),
            answers=text(message, "tool_call_id") or text(message, "tool_name") or None,
        )


def _use(raw: dict[str, Any]) -> ToolUse:
    """Read one call of a tool."""
    function = table(raw, "function")
    return ToolUse(id=text(raw, "id"), name=text(function, "name"), arguments=arguments_text(function.get("arguments")))


def _part(request: ModelRequest, answer: ModelAnswer, said: str, uses: tuple[ToolUse, ...]) -> dict[str, Any]:
    """Write an answer, or a part of a stream, without its ending."""
    part: dict[str, Any] = {"model": answer.model, "created_at": rfc3339(answer.created)}
    if "messages" not in request.raw and "prompt" in request.raw:
        return part | {"response": said}
    message: dict[str, Any] = {"role": "assistant", "content": said}
    if uses:
        message["tool_calls"] = [
            {"id": use.id, "function": {"index": index, "name": use.name, "arguments": arguments_of(use)}}
            for index, use in enumerate(uses)
        ]
    return part | {"message": message}


def _ending(answer: ModelAnswer) -> dict[str, Any]:
    """Write how an answer ended, with its counts; this API calls tools and filters nothing by name."""
    return {
        "done": answer.finish is not None,
        "done_reason": _FINISH.get(answer.finish, "stop"),
        "total_duration": 1,
        "load_duration": 1,
        "prompt_eval_count": answer.usage.input,
        "prompt_eval_duration": 1,
        "eval_count": answer.usage.output,
        "eval_duration": 1,
    }


def _model(model: str, created: int) -> dict[str, Any]:
    """Write one model."""
    details = {"format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "8B"}
    return {
        "name": model,
        "model": model,
        "modified_at": rfc3339(created),
        "size": 1,
        "digest": "0" * 64,
        "details": details | {"quantization_level": "Q4_K_M", "parent_model": ""},
    }


def _read(parts: Iterable[dict[str, Any]]) -> ModelAnswer:
    """Read the parts of an answer; a whole one has a single part."""
    raw: dict[str, Any] = {}
    said: list[str] = []
    uses: list[ToolUse] = []
    for part in parts:
        if "error" in part:
            raise WireError(str(part["error"]), status=500, kind="error")
        raw |= part
        message = table(part, "message")
        said += [text(message, "content"), text(part, "response")]
        uses += [_use(call) for call in tables(message, "tool_calls")]
    reason = (text(raw, "done_reason") or "stop") if raw.get("done") is True else None
    vectors = [raw["embedding"]] if "embedding" in raw else raw.get("embeddings")
    return ModelAnswer(
        model=text(raw, "model"),
        text="".join(said),
        tool_uses=tuple(uses),
        finish="tool_calls" if uses and reason == "stop" else reason,
        usage=Usage(input=whole(raw, "prompt_eval_count") or 0, output=whole(raw, "eval_count") or 0),
        vectors=tuple([vector_of(vector) for vector in vectors]) if isinstance(vectors, list) else (),
        models=tuple([text(model, "name") for model in tables(raw, "models")]),
    )
