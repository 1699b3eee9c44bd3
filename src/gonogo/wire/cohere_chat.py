"""Cohere's API of version 2: chat with its stream of typed events, embeddings, and ranking of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gonogo.facts.traffic import ToolUse, Turn
from gonogo.wire import sse
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, ModelRequest, Routes, Usage, WireError, spoken
from gonogo.wire.body import (
    decode,
    encode,
    flag,
    function_tool,
    function_use,
    missing,
    number,
    split,
    table,
    tables,
    text,
    text_of,
    texts,
    vector_of,
    whole,
)
from gonogo.wire.openai_errors import waiting

name = "cohere_chat"
routes: Routes = (("POST", "/v2/chat", "chat"), ("POST", "/v2/embed", "embeddings"), ("POST", "/rerank", "rerank"))

_FINISH = {"length": "MAX_TOKENS", "tool_calls": "TOOL_CALL", "content_filter": "ERROR", None: None}
_READ_FINISH = {"MAX_TOKENS": "length", "TOOL_CALL": "tool_calls", "ERROR": "content_filter"}
_CHOICES = {"REQUIRED": "required", "NONE": "none"}
_ERRORS = {
    400: "invalid request",
    401: "invalid api token",
    403: "the api token has no access to this resource",
    404: "model '{model}' not found, make sure the correct model ID was used and that you have access to the model.",
    422: "invalid request",
    429: "You are past the per minute request limit, please wait and try again later.",
    498: "The request was blocked by our content filter.",
    503: "service unavailable",
}
_KINDS = {
    "insufficient_quota": (402, "Please add or update your payment method to continue."),
    "model_retired": (404, "model '{model}' was removed."),
    "context_length": (400, "too many tokens: the total number of tokens in the prompt exceeds the limit."),
    "content_filter": (498, _ERRORS[498]),
}


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says."""
    raw = decode(body)
    embeds = path.partition("?")[0].endswith("/embed")
    if path.partition("?")[0].endswith("/rerank"):
        return _ranking(raw)
    for field in ("model",) if embeds else ("model", "messages"):
        if raw.get(field) is None:
            raise missing(field)
    form = table(raw, "response_format")
    inputs = texts(raw, "texts") or tuple([text_of(item, "content") for item in tables(raw, "inputs")])
    return ModelRequest(
        protocol=name,
        operation="embeddings" if embeds else "chat",
        model=text(raw, "model"),
        turns=tuple([_turn(message) for message in tables(raw, "messages")]),
        tools=tuple([function_tool(tool) for tool in tables(raw, "tools")]),
        tool_choice=_CHOICES.get(text(raw, "tool_choice"), "auto"),
        stream=flag(raw, "stream"),
        max_output_tokens=whole(raw, "max_tokens"),
        temperature=number(raw, "temperature"),
        top_p=number(raw, "p"),
        stop=texts(raw, "stop_sequences"),
        schema=table(form, "json_schema") or table(form, "schema") if form.get("type") == "json_object" else None,
        inputs=inputs if embeds else (),
        dimensions=whole(raw, "output_dimension"),
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    if request.operation == "embeddings":
        meta = {"api_version": {"version": "2"}, "billed_units": {"input_tokens": answer.usage.input}}
        vectors = {"float": answer.vectors}
        return encode({"id": answer.id, "texts": request.inputs, "embeddings": vectors, "meta": meta})
    if request.operation == "rerank":
        return encode({"id": answer.id, "results": _ranked(request, answer), "meta": {"api_version": {"version": "2"}}})
    message: dict[str, Any] = {"role": "assistant"}
    if said := answer.text or answer.refusal:
        message["content"] = [{"type": "text", "text": said}]
    if answer.tool_uses:
        message["tool_calls"] = [_call(use, use.arguments) for use in answer.tool_uses]
    finish = _FINISH.get(answer.finish, "COMPLETE")
    return encode({"id": answer.id, "message": message, "finish_reason": finish, "usage": _usage(answer.usage)})


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says."""
    pieces = spoken(answer, pieces)
    blank = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield _event("message-start", id=answer.id, delta={"message": blank})
    if pieces:
        yield _event("content-start", index=0, delta={"message": {"content": {"type": "text", "text": ""}}})
    for piece in pieces:
        yield _event("content-delta", index=0, delta={"message": {"content": {"text": piece}}})
    if pieces and answer.finish is not None:
        yield _event("content-end", index=0)
    for index, use in enumerate(answer.tool_uses):
        yield _event("tool-call-start", index=index, delta={"message": {"tool_calls": _call(use, "")}})
        for part in split(use.arguments):
            delta = {"message": {"tool_calls": {"function": {"arguments": part}}}}
            yield _event("tool-call-delta", index=index, delta=delta)
        yield _event("tool-call-end", index=index)
    if answer.finish is not None:
        ending = {"finish_reason": _FINISH.get(answer.finish, "COMPLETE"), "usage": _usage(answer.usage)}
        yield _event("message-end", id=answer.id, delta=ending)
    yield b"data: [DONE]\n\n"


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
    """Write the error that Cohere answers, as `Codec.error` says: an id and one sentence."""
    said = _ERRORS.get(status, "internal server error")
    if kind in _KINDS:
        status, said = _KINDS[kind]
    body = {"id": id, "message": message or said.format(model=model or "unknown")}
    headers = {"content-type": "application/json"} | waiting(retry_after_s)
    return ErrorAnswer(status=status, body=encode(body), headers=headers)


def error_event(error: ErrorAnswer) -> bytes:
    """Write an error within a stream, as `Codec.error_event` says: the message ends with it."""
    said = text(decode(error.body), "message")
    return _event("message-end", delta={"finish_reason": "ERROR", "error": said})


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return the headers of a good answer, as `Codec.headers` says."""
    found = {"x-debug-trace-id": answer.id}
    if "requests" in limits:
        found["x-trial-endpoint-call-limit"] = str(limits["requests"].most)
        found["x-trial-endpoint-call-remaining"] = str(limits["requests"].left)
    return found


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    if isinstance(raw.get("message"), str):
        raise WireError(text(raw, "message"), status=500, kind="error")
    message = table(raw, "message")
    uses = tuple([function_use(call) for call in tables(message, "tool_calls")])
    vectors = table(raw, "embeddings").get("float")
    return ModelAnswer(
        id=text(raw, "id"),
        text="".join([text(part, "text") for part in tables(message, "content")]),
        tool_uses=uses,
        finish=_finish(raw),
        usage=_read_usage(table(raw, "usage")),
        vectors=tuple([vector_of(vector) for vector in vectors]) if isinstance(vectors, list) else (),
    )


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says."""
    id, ending = "", dict[str, Any]()
    said: list[str] = []
    uses: dict[int, tuple[ToolUse, list[str]]] = {}
    for event in sse.decode(events):
        if event.data == "[DONE]":
            break
        raw = decode(event.data.encode())
        kind, index, delta = raw.get("type"), whole(raw, "index") or 0, table(raw, "delta")
        message = table(delta, "message")
        if kind == "message-start":
            id = text(raw, "id")
        elif kind in ("content-start", "content-delta"):
            said.append(text(table(message, "content"), "text"))
        elif kind == "tool-call-start":
            uses[index] = (function_use(table(message, "tool_calls")), [])
        elif kind == "tool-call-delta" and index in uses:
            uses[index][1].append(text(table(table(message, "tool_calls"), "function"), "arguments"))
        elif kind == "message-end":
            ending = delta
    if ending.get("error"):
        raise WireError(str(ending["error"]), status=500, kind="error")
    return ModelAnswer(
        id=id,
        text="".join(said),
        tool_uses=tuple([ToolUse(id=u.id, name=u.name, arguments="".join(parts)) for u, parts in uses.values()]),
        finish=_finish(ending),
        usage=_read_usage(table(ending, "usage")),
    )


def _ranking(raw: dict[str, Any]) -> ModelRequest:
    """Read a request to rank documents, a form that Jina and others took over: the query is a turn."""
    whole(raw, "top_n")
    for field in ("model", "query", "documents"):
        if raw.get(field) is None:
            raise missing(field)
    documents = raw["documents"]
    if not isinstance(documents, list) or not all(isinstance(document, str) for document in documents):
        documents = [text(document, "text") for document in tables(raw, "documents")]
    query = Turn(role="user", text=text(raw, "query"))
    inputs = tuple(documents)
    return ModelRequest(
        protocol=name, operation="rerank", model=text(raw, "model"), turns=(query,), inputs=inputs, raw=raw
    )


def _ranked(request: ModelRequest, answer: ModelAnswer) -> list[dict[str, Any]]:
    """Write the best documents, best first: by the scores in `vectors`, or in the order that they came in."""
    count = len(request.inputs)
    scores = answer.vectors[0] if answer.vectors else [1 - at / max(count, 1) for at in range(count)]
    best = sorted(range(len(scores)), key=lambda at: -scores[at])[: whole(request.raw, "top_n") or count]
    return [{"index": at, "relevance_score": scores[at]} for at in best]


def _turn(raw: dict[str, Any]) -> Turn:
    """Read one message."""
    role = text(raw, "role")
    return Turn(
        role=role,
        text=text_of(raw, "content") or text(raw, "tool_plan"),
        tool_uses=tuple([function_use(call) for call in tables(raw, "tool_calls")]),
        answers=text(raw, "tool_call_id") or None if role == "tool" else None,
    )


def _call(use: ToolUse, arguments: str) -> dict[str, Any]:
    """Write one call of a tool."""
    return {"id": use.id, "type": "function", "function": {"name": use.name, "arguments": arguments}}


def _event(kind: str, **fields: Any) -> bytes:
    """Write one event."""
    return sse.encode(encode({"type": kind} | fields), event=kind)


def _usage(usage: Usage) -> dict[str, Any]:
    """Write how many tokens an answer took."""
    counts = {"input_tokens": usage.input, "output_tokens": usage.output}
    return {"billed_units": counts, "tokens": counts, "cached_tokens": usage.cached}


def _read_usage(raw: dict[str, Any]) -> Usage:
    """Read how many tokens an answer took."""
    tokens = table(raw, "tokens") or table(raw, "billed_units")
    return Usage(
        input=whole(tokens, "input_tokens") or 0,
        output=whole(tokens, "output_tokens") or 0,
        cached=whole(raw, "cached_tokens") or 0,
    )


def _finish(raw: dict[str, Any]) -> str | None:
    """Read why an answer ended."""
    reason = text(raw, "finish_reason")
    return _READ_FINISH.get(reason, "stop") if reason else None
