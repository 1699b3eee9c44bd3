"""What the stand-ins do in one case of a scenario: how they answer, what goes wrong, which attack is under way.

These records are the YAML of scenarios and of `gonogo lab --script`, and are what a team's own tests pass to the pytest
fixture; the docstring under each field is its description in the schema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gonogo.facts.lab_declaration import STRICT
from gonogo.facts.traffic import Boundary

FaultName = Literal[
    "status",  # an HTTP error in the provider's own shape: `status`, `kind`, `retry_after_s`
    "hang-before-accept",  # the connection is not accepted
    "hang-before-headers",  # accepted, and nothing comes
    "hang-mid-stream",  # headers and `chunks` chunks, then nothing, the socket open
    "slow-first-token",  # `seconds` before the first byte of the body
    "slow-answer",  # a whole and good answer after `seconds`
    "drip",  # one chunk (or byte) every `seconds`, for ever
    "reset",  # the connection is reset at once
    "reset-mid-stream",  # reset after `chunks` chunks
    "no-finish",  # the stream ends well, without a finish reason
    "truncated",  # the body ends after `bytes` bytes, shorter than announced
    "malformed",  # JSON that does not parse, or an event that does not
    "empty",  # 200 and no body
    "garbage",  # 200 and random bytes
    "wrong-content-type",  # a good body as text/html
    "html",  # an HTML error page of a proxy, with `status`
    "empty-choices",  # a good envelope without an answer in it
    "null-content",  # an answer whose text is null
    "refusal",  # the model refuses
    "content-filter",  # ended or blocked by the provider's filter
    "length-cut",  # ended by the token limit, text cut in the middle
    "wrong-schema",  # valid JSON that does not satisfy the schema asked for
    "not-json",  # prose where JSON was asked for
    "broken-tool-arguments",  # a tool call whose arguments do not parse
    "unknown-tool",  # a call of a tool that was not offered
    "oversize",  # an answer of `bytes` bytes
    "endless",  # a stream that never ends by itself
    "wrong-dimension",  # (embeddings) vectors of `dimension` numbers, whatever was asked for
    "wrong-model",  # a good answer that names another model
    "quota",  # insufficient_quota: no money left
    "rate-limit",  # buckets of `requests_per_minute`, `tokens_per_minute`, ... as real providers keep them
    "model-not-found",
    "model-retired",
    "key-expired",
    "key-invalid",
    "key-clock-skew",
    "tls-self-signed",
    "tls-expired",
    "tls-wrong-name",
    "dns",  # the name does not resolve
    "error-result",  # (tool) a result with isError
    "empty-result",  # (tool, retrieval) nothing found
    "stale",  # (retrieval) old versions of documents
    "poisoned",  # (retrieval, tool) content with the attack in it
    "null-prediction",
    "nan-prediction",
    "out-of-range",
]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong, and when. Several compose: the first that matches a call is done to it."""

    __pydantic_config__ = STRICT
    fault: FaultName
    """What goes wrong."""
    boundary: Boundary = "model"
    """Where."""
    count: int | None = None
    """Only the first so many calls that match (after `after`)."""
    after: int = 0
    """Let so many matching calls pass first."""
    rate: float = 1.0
    """The share of matching calls that it hits, chosen by a generator with a fixed seed."""
    from_s: float = 0.0
    """Only from so many seconds after the case began."""
    to_s: float | None = None
    """Only until then."""
    models: tuple[str, ...] = ()
    """Only calls to these models (globs); `primary` is the model that the healthy journey calls first."""
    operations: tuple[str, ...] = ()
    """Only these operations: chat, embeddings, ...; for tools, their names (globs)."""
    hosts: tuple[str, ...] = ()
    """Only calls to these hosts or regions (globs)."""
    journeys: tuple[str, ...] = ()
    """Only calls of journeys with these names."""
    streams: bool | None = None
    """Only streamed calls, or only those that are not."""
    structured: bool | None = None
    """Only calls that ask for JSON of a schema, or only those that do not."""
    status: int = 503
    """For `status` and `html`."""
    kind: str | None = None
    """The provider's own error code, where one status has several."""
    retry_after_s: float | None = None
    """Sent as Retry-After."""
    seconds: float = 30.0
    """For slow and dripping answers."""
    chunks: int = 2
    """For what happens in the middle of a stream."""
    bytes: int = 64
    """For `truncated` and `oversize`."""
    requests_per_minute: int | None = None
    """For `rate-limit`."""
    tokens_per_minute: int | None = None
    """For `rate-limit`."""
    input_tokens_per_minute: int | None = None
    """For `rate-limit`, as Anthropic has it."""
    output_tokens_per_minute: int | None = None
    """For `rate-limit`, as Anthropic has it."""
    burst: int | None = None
    """For `rate-limit`: how many requests its bucket holds; as many as in a minute otherwise."""
    shared: bool = False
    """For `rate-limit`: one bucket for all models of the account."""
    text: str | None = None
    """For what is said instead."""
    dimension: int = 8
    """For `wrong-dimension`."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How the model answers; the first whose conditions hold is used, and at last the echo."""

    __pydantic_config__ = STRICT
    match: str | None = None
    """A regular expression (RE2) that the newest user text must match."""
    system: str | None = None
    """A regular expression that the system prompt must match."""
    models: tuple[str, ...] = ()
    """Only these models (globs)."""
    turn: int | None = None
    """Only when the prompt holds so many assistant turns."""
    once: bool = False
    """At most once per case."""
    text: str | None = None
    """Say this. `{marker}` stands for the answer's marker, `{user}` for the newest user text; `{personal:email}`,
    `{secret:npm-token}`, `{look-alike:order}` for synthetic values, `{personal:email|spaced}` for a form of one;
    `{system}` for the system prompt as it came, `{system|base64}` for a form of it. Beside `tool` it is said with
    the call."""
    json: Any = None
    """Say this as JSON."""
    tool: str | None = None
    """Call this tool; `*` is the first that is offered."""
    arguments: dict[str, Any] | None = None
    """Its arguments; plausible ones by its schema otherwise. `{n}` in a text counts the calls of the case."""
    unoffered: bool = False
    """Call the tool of that name even where the request does not offer it, as a model does that was talked into it."""
    repeat: bool = False
    """Keep calling the tool, turn after turn; otherwise it is called once and then answered in words."""
    echo: bool = False
    """Say back what the user said, with the marker."""


@dataclass(frozen=True, kw_only=True)
class Physics:
    """How fast tokens come."""

    __pydantic_config__ = STRICT
    first_token_s: float = 0.0
    """Time to the first token."""
    embedding_s: float | None = None
    """How long an embedding takes; as long as a first token otherwise."""
    tokens_per_s: float | None = None
    """Tokens per second after it; all at once otherwise."""
    jitter: float = 0.0
    """Share by which each gap varies."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What an attacker wants the model to do; the gullible model does it when the attack arrives."""

    __pydantic_config__ = STRICT
    say: str | None = None
    """Say this text; `{canary}` stands for the attack's canary."""
    leak: Literal["system-prompt", "context", "personal-data", "credentials"] | None = None
    """Give this away: the system prompt as it was received, the retrieved context, planted personal data or keys."""
    tool: str | None = None
    """Call this tool (a glob over the tools that the request offers)."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """With these arguments."""
    link: str | None = None
    """Emit this link or image, as Markdown."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack: a text that goes in somewhere, and what it wants.

    `canary` is a word that the text holds in one form or another; where it (or the text) is found in the upstream
    request, decoded and normalised, the attack has arrived.
    """

    __pydantic_config__ = STRICT
    id: str
    """Its id within the set."""
    technique: str
    """override, role-play, delimiter, payload-splitting, many-shot, encoded, multilingual, indirect, extraction, ..."""
    text: str
    """The payload; `{canary}` stands for its canary."""
    goal: Goal
    """What it wants."""
    place: Literal["user", "document", "tool-result", "tool-description", "model-answer", "file-name", "header"] = (
        "user"
    )
    """Where it goes in."""
    form: str = "plain"
    """Its form: plain, html-comment, white-text, metadata, image-alt, base64, url, homoglyph, zero-width, split, ..."""
    language: str = "en"
    """Language of the payload (BCP 47)."""
    benign: bool = False
    """True for a look-alike that must be answered as usual."""
    source: str = ""
    """Where the idea comes from."""
    canary: str = ""
    """Filled in by the lab."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that the stand-in retriever can return."""

    __pydantic_config__ = STRICT
    id: str
    """Its id."""
    text: str
    """Its text."""
    score: float = 0.9
    """Its similarity to every query, 0 to 1."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Its metadata."""
    version: int = 1
    """Its version; a stale store returns the one before."""
    queries: tuple[int, ...] = ()
    """Only for these searches of a journey, the first being 1; for all otherwise."""


@dataclass(frozen=True, kw_only=True)
class ToolScript:
    """A tool that the stand-in MCP server offers."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    description: str = ""
    """What the model reads about it."""
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    """JSON Schema of its arguments."""
    result: str = "done"
    """What it answers; `{arguments}` stands for the arguments."""
    effects: bool = False
    """True for a tool with side effects."""


@dataclass(frozen=True, kw_only=True)
class Decisive:
    """One field that a prediction depends on, and no other; a number goes from `low` to `high` with it."""

    __pydantic_config__ = STRICT
    field: str
    """Its name."""
    place: int = 0
    """Its place in a record without names."""
    least: float = 0.0
    """The field's value for the output `low`, where it is a number."""
    most: float = 1.0
    """The field's value for the output `high`."""
    low: float = 0.0
    """The smallest output."""
    high: float = 1.0
    """The largest output."""
    classes: tuple[str, ...] = ()
    """Outputs, where they are names."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """Everything that the stand-ins need to know for one case."""

    __pydantic_config__ = STRICT
    faults: tuple[Fault, ...] = ()
    """What goes wrong."""
    answers: tuple[Answer, ...] = ()
    """How the model answers."""
    physics: Physics = Physics()
    """How fast."""
    documents: tuple[Document, ...] = ()
    """What the stores hold; a small built-in corpus otherwise."""
    tools: tuple[ToolScript, ...] = ()
    """What the MCP server offers; a small built-in set otherwise."""
    attack: Attack | None = None
    """The attack under way: whatever arrives of it is obeyed."""
    predictions: dict[str, Any] = field(default_factory=dict)
    """Outputs of the prediction endpoint by model name."""
    decisive: Decisive | None = None
    """What predictions depend on, instead."""
