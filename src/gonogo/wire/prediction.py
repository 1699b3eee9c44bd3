"""The neutral records between the protocols of classical models: rows go in, one output per row comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from gonogo.wire.base import ErrorAnswer, WireError


class PredictionError(WireError):
    """A request that the server refuses."""


class PredictionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a model. `operation` is predict, or one that needs no model: ready, metadata, info.

    `inputs` is what the model gets, by column or as the protocol has it; `rows` says for how many an answer is due.
    `extra` is what only the codec that read it understands.
    """

    protocol: str
    operation: str = "predict"
    model: str = ""
    version: str = ""
    inputs: Any = None
    rows: int = 1
    extra: dict[str, Any] = {}


class PredictionCodec(Protocol):
    """A protocol of prediction servers; each is a module."""

    name: str

    def parse(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> PredictionRequest:
        """Read a request; raises `PredictionError`."""
        ...

    def answer(self, request: PredictionRequest, outputs: list[Any]) -> tuple[bytes, str]:
        """Write the outputs, one per row, or what else was asked for, and say its content type."""
        ...

    def error(self, status: int, message: str | None = None, kind: str | None = None) -> ErrorAnswer:
        """Write an error as the real server does; `kind` may be `dtype`, for inputs of the wrong type."""
        ...


def encode(value: Any) -> bytes:
    """Write JSON as these servers do: what is not a number as `NaN`, which no strict reader takes."""
    return json.dumps(value).encode()
