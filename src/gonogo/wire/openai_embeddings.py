"""OpenAI Embeddings: vectors as arrays of numbers, or as base64 of 32-bit floats, which the official SDKs ask for."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Iterator, Mapping

from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, Usage, WireError
from gonogo.wire.body import decode, encode, labels, missing, table, tables, text, vector_of, whole, wrong_type
from gonogo.wire.openai_chat import deployment
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_embeddings"
routes: Routes = (
    ("POST", "/deployments/{model}/embeddings", "embeddings"),
    ("POST", "/embeddings", "embeddings"),
)


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says. An input given as token ids becomes a text of its numbers."""
    raw = decode(body)
    model = text(raw, "model") or deployment(path)
    if not model:
        raise WireError("you must provide a model parameter")
    if "input" not in raw:
        raise missing("input")
    return ModelRequest(
        protocol=name,
        operation="embeddings",
        model=model,
        inputs=inputs_of(raw["input"]),
        dimensions=whole(raw, "dimensions"),
        base64_vectors=raw.get("encoding_format") == "base64",
        labels=labels(raw, "user"),
        raw=raw,
    )


def inputs_of(value: object) -> tuple[str, ...]:
    """Read what is to be embedded: a text, token ids, or an array of either."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not value:
        raise wrong_type("input", "a string or an array that is not empty", value)
    if all(isinstance(item, str) for item in value):
        return tuple(value)
    if all(isinstance(item, int) for item in value):
        return (" ".join(map(str, value)),)
    if all(isinstance(item, list) for item in value):
        return tuple([" ".join(map(str, item)) for item in value])
    raise wrong_type("input", "an array of strings, or of token ids", value)


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write a whole answer, as `Codec.answer` says."""
    write = _packed if request.base64_vectors else list
    data = [{"object": "embedding", "index": at, "embedding": write(v)} for at, v in enumerate(answer.vectors)]
    usage = {"prompt_tokens": answer.usage.input, "total_tokens": answer.usage.input}
    return encode({"object": "list", "data": data, "model": answer.model, "usage": usage})


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Yield nothing: embeddings are not streamed."""
    yield from ()


def read(body: bytes) -> ModelAnswer:
    """Read a whole answer, as `Codec.read` says."""
    raw = decode(body)
    raise_error(raw)
    return ModelAnswer(
        model=text(raw, "model"),
        vectors=tuple([vector_of(item.get("embedding")) for item in tables(raw, "data")]),
        usage=Usage(input=whole(table(raw, "usage"), "prompt_tokens") or 0),
    )


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Raise `WireError`: embeddings are not streamed."""
    raise WireError("embeddings are not streamed")


def _packed(vector: tuple[float, ...]) -> str:
    """Write a vector as base64 of little-endian 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
