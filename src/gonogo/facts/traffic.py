"""What passed a boundary of the system: a model call, a tool call, a retrieval, a prediction.

The lab's stand-ins and the runtime in production build the same records, so one check judges both. All texts in them
are screened: secrets and personal data are masked, and each match is kept with its kind, place and keyed hash; the
lab's own marked canaries stay readable. `seen_at` is when the request arrived; `started_s` is the same on the run's
monotonic clock (seconds since the run began), and every other `_s` field counts from `started_s`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.facts.record import Fact

Boundary = Literal["model", "tool", "retrieval", "prediction"]


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that a detector found in a text before it became part of a fact.

    `detector` is its kind (`email`, `secret:openai-key`, `injection:override`, `canary`, `link`, ...), `where` the
    place (`request.messages.2`, `answer`, `body`), `digest` a keyed hash of what was found, and `canary` the id of a
    planted one (only then does the text itself stay readable).
    """

    detector: str
    where: str
    digest: str = ""
    canary: str | None = None


class ToolUse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A model asks for a tool: `arguments` is JSON text, as the wire carries it and as broken as it may be."""

    id: str = ""
    name: str
    arguments: str = "{}"


class Turn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message of a prompt. `role` is system, user, assistant or tool; `answers` is the id of the use answered."""

    role: str
    text: str = ""
    tool_uses: tuple[ToolUse, ...] = ()
    answers: str | None = None


class Traffic(Fact, frozen=True, kw_only=True):
    """What all calls over a boundary have in common.

    `scenario` and `case` name what the lab was doing, `journey` is the id of the journey that caused the call ("" where
    that cannot be told), `order` counts the calls of one stand-in. `status` is what was answered, None where nothing
    was; `fault` names what was done to it on purpose. `ended_s` is when the last byte left; `aborted` says that the
    caller closed first, at `ended_s`. `caller` is the user agent, `connection` numbers the caller's TCP connections.
    `trace` is the trace id that came with it.
    """

    scenario: str = ""
    case: str = ""
    journey: str = ""
    order: int = 0
    started_s: float = 0.0
    first_byte_s: float | None = None
    ended_s: float | None = None
    status: int | None = None
    fault: str | None = None
    aborted: bool = False
    caller: str = ""
    connection: int = 0
    trace: str | None = None
    matches: tuple[Match, ...] = ()


class ModelCall(Traffic, frozen=True, kw_only=True):
    """One request to a model provider, and what it got.

    `protocol` is a module of `wire/` (`openai_chat`, `anthropic_messages`, ...), `operation` chat, embeddings, models,
    batch or count_tokens. `fingerprint` is equal for requests that ask the same (a retry), whatever the model: a keyed
    hash over prompt and tools. `lead` is the same over what stands before the first word of the user (tools and system
    turns, whole and byte by byte), `lead_tokens` its length. `marker` is a word that this answer alone holds, so that
    it can be known again in what the user got. `timeout_s` and `retry` are what an official SDK says of itself in its
    headers. `key` is a keyed hash of the credential. Token counts are those that the answer stated, `usd` their price.
    """

    protocol: str
    operation: str = "chat"
    host: str = ""
    path: str = ""
    model: str = ""
    answered_model: str | None = None
    stream: bool = False
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    structured: bool = False
    tools: tuple[str, ...] = ()
    prompt: tuple[Turn, ...] = ()
    inputs: tuple[str, ...] = ()
    """The texts that are to be embedded, screened."""
    request_bytes: int = 0
    fingerprint: str = ""
    lead: str = ""
    lead_tokens: int = 0
    key: str = ""
    timeout_s: float | None = None
    retry: int | None = None
    labels: dict[str, str] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    """Headers and metadata that attribute the call: user, feature, session, cost centre."""
    answer: str = ""
    tool_uses: tuple[ToolUse, ...] = ()
    finish: str | None = None
    marker: str = ""
    chunks: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None
    batch: str = ""
    """The id of the batch that it came in; empty for a call that somebody waits for."""


class ToolCall(Traffic, frozen=True, kw_only=True):
    """One call of a tool at its server. `arguments` and `result` are screened texts of at most 4,000 characters."""

    protocol: str = "mcp"
    server: str = ""
    tool: str
    arguments: str = "{}"
    result: str = ""
    result_bytes: int = 0
    failed: bool = False
    idempotency_key: str | None = None


class Retrieval(Traffic, frozen=True, kw_only=True):
    """One query to a vector or search store, or a write. `documents` are the ids that were returned, best first.

    `dimension` is the length of the vectors that came with it, or of those that a new index is to hold.
    """

    protocol: str
    store: str = ""
    index: str = ""
    operation: str = "query"
    query: str = ""
    dimension: int | None = None
    filter: str = ""
    top_k: int | None = None
    documents: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


class Prediction(Traffic, frozen=True, kw_only=True):
    """One prediction by a classical model. `inputs` and `outputs` are screened JSON texts."""

    protocol: str
    endpoint: str = ""
    model: str = ""
    version: str = ""
    inputs: str = ""
    outputs: str = ""
    rows: int = 1


class UserFeedback(Fact, frozen=True, kw_only=True):
    """What a user of a deployment said of an answer or a prediction.

    `id` names the item, `trace` is the trace id of what it is about, `negative` says that the user was not served by
    it. `said` is the user's own text, screened, of at most 500 characters.
    """

    id: str
    trace: str | None = None
    negative: bool = False
    said: str = ""
