"""OpenAI Models: the list of models, and one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gonogo.wire.base import ModelAnswer, ModelRequest, Routes, WireError
from gonogo.wire.body import decode, encode, tables, text
from gonogo.wire.openai_errors import error as error
from gonogo.wire.openai_errors import error_event as error_event
from gonogo.wire.openai_errors import headers as headers
from gonogo.wire.openai_errors import raise_error

name = "openai_models"
routes: Routes = (("GET", "/models", "models"), ("GET", "/models/{model}", "models"))


def parse(body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
    """Read a request, as `Codec.parse` says: its `model` is "" where the list is asked for."""
    _, _, model = path.partition("?")[0].partition("/models/")
    return ModelRequest(protocol=name, operation="models", model=unquote(model))


def answer(request: ModelRequest, answer: ModelAnswer) -> bytes:
    """Write the list of `answer.models`, or the one model that is asked for."""
    if request.model:
        return encode(_model(request.model, answer.created))
    return encode({"object": "list", "data": [_model(model, answer.created) for model in answer.models]})


def events(request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
    """Yield nothing: a list of models is not streamed."""
    yield from ()


def read(body: bytes) -> ModelAnswer:
    """Read a list of models, or one."""
    raw = decode(body)
    raise_error(raw)
    found = [raw] if "data" not in raw else tables(raw, "data")
    return ModelAnswer(models=tuple([text(model, "id") for model in found]))


def read_events(events: Iterable[bytes]) -> ModelAnswer:
    """Raise `WireError`: a list of models is not streamed."""
    raise WireError("a list of models is not streamed")


def _model(model: str, created: int) -> dict[str, Any]:
    """Write one model."""
    return {"id": model, "object": "model", "created": created, "owned_by": "system"}
