"""Mistral: OpenAI's Chat Completions and Embeddings, but for whole tool calls in streams and errors of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from gonogo.wire import openai_chat, openai_embeddings, sse
from gonogo.wire.base import ErrorAnswer, Limit, ModelAnswer, ModelRequest, Routes, spoken
from gonogo.wire.body import decode, encode
from gonogo.wire.openai_chat import read_events as read_events
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import waiting

name = "mistral"
HOST = "api.mistral.ai"
routes: Routes = (
    ("POST", f"{HOST}/v1/chat/completions", "chat"),
    ("POST", f"{HOST}/v1/embeddings", "embeddings"),
)

_ERRORS = {
    400: ("invalid_request_error", None, "Bad request."),
    401: ("unauthorized", None, "Unauthorized"),
    404: ("invalid_model", "1500", "Invalid model: {model}"),
    422: ("invalid_request_error", None, "Unprocessable request."),
    429: ("rate_limited", "1300", "Rate limit exceeded"),
    503: ("unreachable_backend", "1100", "Service unavailable."),
}
_KINDS = {
    "model_not_found": (400, *_ERRORS[404]),
    "model_retired": (400, *_ERRORS[404]),
    "insufficient_quota": (402, "payment_required", None, "You have no credits left."),
    "context_length": (400, "invalid_request_prompt", "3051", "Prompt contains too many tokens."),
}
"""The status, too, is the provider's: a model that does not exist is 400 here."""


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says; a tool that must be called is asked for as `any`. Usage is streamed."""
    read = openai_embeddings.parse if "/embeddings" in path else openai_chat.parse
    request = read(body, path, headers)
    choice = "required" if request.tool_choice == "any" else request.tool_choice
    return msgspec.structs.replace(request, protocol=name, tool_choice=choice, stream_usage=True)


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says; embeddings have an id too."""
    if request.operation == "embeddings":
        return encode({"id": answer.id} | decode(openai_embeddings.answer(request, answer)))
    said, finish = answer.text or answer.refusal or "", _finish(answer)
    return openai_chat.answer(request, msgspec.structs.replace(answer, text=said, refusal=None, finish=finish))


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says: one part holds all tool calls, the last the usage."""
    pieces = spoken(answer, pieces)
    part = {"id": answer.id, "object": "chat.completion.chunk", "created": answer.created, "model": answer.model}

    def chunk(delta: dict[str, object], finish: str | None = None, **fields: object) -> bytes:
        choices = [{"index": index, "delta": delta, "finish_reason": finish} for index in range(request.choices)]
        return sse.encode(encode(part | {"choices": choices} | fields))

    yield chunk({"role": "assistant", "content": ""})
    for piece in pieces:
        yield chunk({"content": piece})
    if answer.tool_uses:
        calls = [openai_chat.write_use(use) | {"index": index} for index, use in enumerate(answer.tool_uses)]
        yield chunk({"content": "", "tool_calls": calls})
    if answer.finish is not None:
        yield chunk({"content": ""}, _finish(answer), usage=openai_chat.write_usage(answer.usage))
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
    """Write the error that Mistral answers, as `Codec.error` says."""
    type_, code, said = _ERRORS.get(status, ("internal_server_error", "1000", "Internal server error."))
    if kind in _KINDS:
        status, type_, code, said = _KINDS[kind]
    said = message or said.format(model=model or "unknown")
    failure = {"message": said, "type": type_, "param": param, "code": code}
    headers = {"content-type": "application/json", "mistral-correlation-id": id} | waiting(retry_after_s)
    return ErrorAnswer(status=status, body=encode({"object": "error"} | failure), headers=headers)


def headers(answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
    """Return the headers of a good answer, as `Codec.headers` says."""
    found = {"mistral-correlation-id": answer.id}
    for name, limit in limits.items():
        word = "req" if name == "requests" else name
        found[f"x-ratelimit-limit-{word}-minute"] = str(limit.most)
        found[f"x-ratelimit-remaining-{word}-minute"] = str(limit.left)
    return found


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    if raw.get("object") == "list":
        return openai_embeddings.read(body)
    return openai_chat.read(body)


def _finish(answer: ModelAnswer) -> str | None:
    """Return the reason on the wire: this API has no word for a refusal or a filter."""
    return "stop" if answer.finish in ("refusal", "content_filter") else answer.finish
