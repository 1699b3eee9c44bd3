"""OpenAI's older Completions: a prompt in, a text out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gonogo.facts.traffic import Turn
from gonogo.wire import sse
from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, WireError, spoken
from gonogo.wire.body import decode, encode, flag, labels, missing, number, table, tables, text, texts, whole
from gonogo.wire.openai_chat import choices_of, deployment, read_usage, write_usage
from gonogo.wire.openai_embeddings import inputs_of
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_completions"
routes: Routes = (("POST", "/completions", "chat"), ("POST", "/deployments/{model}/completions", "chat"))


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says: each prompt is a user's turn."""
    raw = decode(body)
    model = text(raw, "model") or deployment(path)
    if not model:
        raise WireError("you must provide a model parameter")
    if "prompt" not in raw:
        raise missing("prompt")
    return ModelRequest(
        protocol=name,
        model=model,
        turns=tuple([Turn(role="user", text=prompt) for prompt in inputs_of(raw["prompt"])]),
        stream=flag(raw, "stream"),
        stream_usage=flag(table(raw, "stream_options"), "include_usage"),
        max_output_tokens=whole(raw, "max_tokens"),
        temperature=number(raw, "temperature"),
        top_p=number(raw, "top_p"),
        stop=texts(raw, "stop"),
        choices=choices_of(raw),
        labels=labels(raw, "user"),
        raw=raw,
    )


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    choices = [_choice(index, answer.text or answer.refusal or "", _finish(answer)) for index in range(request.choices)]
    return encode(_envelope(answer) | {"choices": choices, "usage": write_usage(answer.usage)})


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Write an answer as a stream, as `Codec.events` says."""
    pieces = spoken(answer, pieces)
    envelope = _envelope(answer)
    for index in range(request.choices):
        for piece in pieces:
            yield sse.encode(encode(envelope | {"choices": [_choice(index, piece, None)]}))
        if answer.finish is not None:
            yield sse.encode(encode(envelope | {"choices": [_choice(index, "", _finish(answer))]}))
    if request.stream_usage:
        yield sse.encode(encode(envelope | {"choices": [], "usage": write_usage(answer.usage)}))
    yield b"data: [DONE]\n\n"


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    return _read([decode(body)])


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Read a streamed answer, as `Codec.read_events` says; of several choices, the first."""
    return _read(decode(event.data.encode()) for event in sse.decode(events) if event.data != "[DONE]")


def _read(parts: Iterable[dict[str, Any]]) -> ModelAnswer:
    """Read the parts of an answer; a whole one has a single part."""
    raw: dict[str, Any] = {}
    said: list[str] = []
    finish = None
    for part in parts:
        raise_error(part)
        raw |= part
        for choice in tables(part, "choices"):
            if choice.get("index", 0) == 0:
                said.append(text(choice, "text"))
                finish = text(choice, "finish_reason") or finish
    return ModelAnswer(
        id=text(raw, "id").removeprefix("cmpl-"),
        created=whole(raw, "created") or 0,
        model=text(raw, "model"),
        text="".join(said),
        finish=finish,
        usage=read_usage(table(raw, "usage")),
    )


def _finish(answer: ModelAnswer) -> str | None:
    """Return the reason on the wire: this endpoint knows neither tools nor refusals."""
    return answer.finish if answer.finish in ("length", "content_filter", None) else "stop"


def _choice(index: int, said: str, finish: str | None) -> dict[str, Any]:
    """Write one choice."""
    return {"text": said, "index": index, "logprobs": None, "finish_reason": finish}


def _envelope(answer: ModelAnswer) -> dict[str, Any]:
    """Write what an answer and each part of a stream have in common."""
    return {
        "id": f"cmpl-{answer.id}",
        "object": "text_completion",
        "created": answer.created,
        "model": answer.model,
        "system_fingerprint": "fp_0000000000",
    }
