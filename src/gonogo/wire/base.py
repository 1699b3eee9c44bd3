"""The port of every model protocol, and the neutral records that stand between protocols.

A stand-in parses what arrives, decides on a `ModelAnswer`, and writes it in the caller's own protocol; a proxy reads
an upstream's answer with the same codec. No shape is written twice. Codecs are pure: bytes in, bytes out; ids and
times are given to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec

from gonogo.facts.traffic import ToolUse, Turn

Routes = tuple[tuple[str, str, str], ...]
"""Method, end of the path with `{model}` where it names one, operation."""


class WireError(ValueError):
    """A body that is no valid request of its protocol; `status` and `kind` are what the real provider answers."""

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "invalid_request_error", param: str | None = None
    ) -> None:
        """Keep what the provider would say."""
        super().__init__(message)
        self.message, self.status, self.kind, self.param = message, status, kind, param


class Tool(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A tool that a request offers: `schema` is the JSON Schema of its arguments."""

    name: str
    description: str = ""
    schema: dict[str, Any] = {}


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A request to a model, whatever the protocol.

    `operation` is chat, embeddings, models, count_tokens, moderation or rerank. `inputs` are the texts to embed, to
    moderate or to rank.
    `schema` is the JSON Schema of the answer where structured output is asked for, `{}` for JSON of any form.
    `tool_choice` is auto, none, required or the name of a tool. `labels` are user and metadata. `raw` is the body as it
    came. `stream_type` is the content type of the answer where it is a stream.
    """

    protocol: str
    operation: str = "chat"
    model: str = ""
    turns: tuple[Turn, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    stream: bool = False
    stream_usage: bool = True
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    schema: dict[str, Any] | None = None
    inputs: tuple[str, ...] = ()
    dimensions: int | None = None
    base64_vectors: bool = False
    choices: int = 1
    labels: dict[str, str] = {}
    raw: dict[str, Any] = {}
    stream_type: str = "text/event-stream"


class Usage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Tokens as the provider counts them; `cached` of the input came from its prompt cache."""

    input: int = 0
    output: int = 0
    cached: int = 0


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a model answers.

    `finish` is stop, length, tool_calls, content_filter, refusal, or None for a stream that ends without saying why.
    `vectors` answer embeddings (and hold the scores of a ranking), `models` a list of models. `id` (letters and digits,
    without the provider's prefix) and `created` (Unix seconds) are the response's own.
    """

    id: str = "0"
    created: int = 0
    model: str = ""
    text: str = ""
    refusal: str | None = None
    tool_uses: tuple[ToolUse, ...] = ()
    finish: str | None = "stop"
    usage: Usage = Usage()
    vectors: tuple[tuple[float, ...], ...] = ()
    models: tuple[str, ...] = ()


def spoken(answer: ModelAnswer, pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts that a stream says: the given ones, or, where there are none, text or refusal in one part."""
    if any(pieces):
        return pieces
    whole = answer.text or answer.refusal
    return (whole,) if whole else pieces


class ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An error in the provider's own shape: status, headers, body."""

    status: int
    body: bytes
    headers: dict[str, str] = {}


class Limit(NamedTuple):
    """A rate limit: what it allows a minute, how much of that is left, and in how many seconds all will be again."""

    most: int
    left: int
    reset_s: float = 0.0


class Codec(Protocol):
    """A model protocol, kept by a module: `name` is the module's."""

    name: str
    routes: Routes

    def parse(self, body: bytes, path: str, headers: Mapping[str, str]) -> ModelRequest:
        """Read a request; raises `WireError`. Unknown fields are kept in `raw` and never refused."""
        ...

    def answer(self, request: ModelRequest, answer: ModelAnswer) -> bytes:
        """Write a whole answer."""
        ...

    def events(self, request: ModelRequest, answer: ModelAnswer, pieces: tuple[str, ...]) -> Iterator[bytes]:
        """Write an answer as a stream: one item per event as it goes over the wire.

        `pieces` are the parts of its text or refusal; without any it comes in one.
        The opening events come first, then one event (or more) per piece, then the closing ones.
        """
        ...

    def error(
        self,
        status: int,
        *,
        kind: str | None = None,
        message: str | None = None,
        retry_after_s: float | None = None,
        model: str = "",
        param: str | None = None,
        id: str = "0",
    ) -> ErrorAnswer:
        """Write the error that the real provider answers with `status` (and its own `kind` within it).

        These kinds are the same for every protocol, and each writes them as its provider does: `model_not_found`,
        `model_retired`, `rate_limit`, `insufficient_quota`, `invalid_api_key`, `expired_api_key`, `context_length`,
        `content_filter`, `overloaded`. Any other is written as it is. `model` and `param` are what the error is about;
        `id` is the request's.
        """
        ...

    def error_event(self, error: ErrorAnswer) -> bytes:
        """Write an error as the event of a stream that has begun; read_events raises it."""
        ...

    def headers(self, answer: ModelAnswer, limits: Mapping[str, Limit]) -> dict[str, str]:
        """Return the headers of a good answer: request id, processing time, and the rate-limit ones.

        `limits` may hold those of requests and of tokens, for Anthropic of input-tokens and output-tokens as well.
        """
        ...

    def read(self, body: bytes) -> ModelAnswer:
        """Read a whole answer of an upstream; raises `WireError`."""
        ...

    def read_events(self, events: Iterable[bytes]) -> ModelAnswer:
        """Read a streamed answer of an upstream from its bytes, split anywhere; `finish` is None where it ended early.

        Raises `WireError` for what does not parse, and for an error that the stream carries.
        """
        ...
