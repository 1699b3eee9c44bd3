"""What gonogo.yaml tells the lab (`lab:`): how it runs the system, and where things stand that only proofs ask for.

The docstring under each field is its description in the schema and on the reference page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

STRICT = {"extra": "forbid", "strict": True}
"""How pydantic takes these records, and those of scenarios. `system/schema.py` has it read their docstrings as well."""

StandIn = Literal[
    "openai",
    "anthropic",
    "gemini",
    "ollama",
    "mcp",
    "mcp-stdio",
    "qdrant",
    "chroma",
    "opensearch",
    "predictor",
    "alerts",
    "security",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class LabService:
    """A further process of the system, started before the service itself and beside it."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    start: tuple[str, ...]
    """The command, one list item per argument; it runs without a shell."""
    port: int | None = None
    """The port that it listens on; the next one starts when it accepts connections."""
    directory: str = "."
    """Where the command runs, relative to this file."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that it needs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdminAction:
    """One thing that only administrators may do."""

    __pydantic_config__ = STRICT
    name: str
    """Its name, as the audit record has it."""
    path: str
    """Its path."""
    method: str = "POST"
    """HTTP method."""
    body: dict[str, object] | list[object] | str | None = None
    """The body: a mapping or a list is sent as JSON, a text as it is."""
    reads: str | None = None
    """A path where an administrator reads what it changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedObject:
    """An object that belongs to the user who made it: a conversation, a file, a saved answer."""

    __pydantic_config__ = STRICT
    journey: str
    """The journey that makes one."""
    id: str
    """Where the journey's response names it: a JSON pointer such as /id."""
    path: str
    """Where its owner reads it; `{id}` stands for its id."""
    change: dict[str, object] | None = None
    """The body with which its owner changes it, as JSON."""
    method: str = "PUT"
    """The HTTP method of a change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeRequest:
    """A request to the service that is no journey."""

    __pydantic_config__ = STRICT
    path: str
    """Its path; `{identity}` stands for the name of the user that it is about."""
    method: str = "POST"
    """HTTP method."""
    body: dict[str, object] | list[object] | str | None = None
    """The body: a mapping or a list is sent as JSON, a text as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    """How a session is opened, carried, closed and revoked."""

    __pydantic_config__ = STRICT
    open: EdgeRequest
    """What opens one, sent with the identity's own credential."""
    token: str | None = None
    """Where the response holds its token: a JSON pointer such as /token. Left out: the response sets a cookie."""
    header: str = "Authorization"
    """The header that carries the token."""
    prefix: str = "Bearer "
    """What stands before the token in that header."""
    close: EdgeRequest | None = None
    """What its user sends to close it (log out)."""
    revoke: EdgeRequest | None = None
    """What an administrator sends to end all sessions of a user."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quotas:
    """The environment variables that set quotas, for runs in the lab."""

    __pydantic_config__ = STRICT
    user_requests: str | None = None
    """Of requests, for one user."""
    user_tokens: str | None = None
    """Of tokens, for one user."""
    session_tokens: str | None = None
    """Of tokens, for one session; `lab.sessions` says how one is opened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LongRequest:
    """A journey in a form that may take long."""

    __pydantic_config__ = STRICT
    journey: str
    """The journey."""
    model_s: float
    """How long the model may take for it, in seconds; the user gets the answer, or 202 and a `Location` to look at."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers that ask for this form, such as `Prefer: respond-async`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """Where users upload files."""

    __pydantic_config__ = STRICT
    path: str
    """Where a file is posted, as multipart/form-data."""
    types: tuple[str, ...]
    """The media types that are allowed, such as text/plain."""
    field: str = "file"
    """The name of the field that holds it."""
    area: str | None = None
    """The directory in which files are kept, relative to this file; left out where they are kept elsewhere."""
    identity: str | None = None
    """The identity that uploads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """One tier of models, and questions that the rules send to it."""

    __pydantic_config__ = STRICT
    model: str
    """The exact model version."""
    texts: tuple[str, ...]
    """What users say to the first journey that this tier is to answer."""
    doubtful: str | None = None
    """What this model says where it is unsure, so that a stronger one is to be asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cache:
    """The cache of answers."""

    __pydantic_config__ = STRICT
    journey: str
    """A journey whose answers are cached."""
    service: str | None = None
    """The entry of lab.services that is the cache; left out where it is in the service itself."""
    changes: dict[str, dict[str, str]] = field(default_factory=dict)
    """By what changes with them (`prompt`, `model`, `parameters`): variables that make an old answer a wrong one."""
    purge: EdgeRequest | None = None
    """What an administrator sends to empty it."""
    personal: tuple[str, ...] = ()
    """Journeys that must never be answered from it: personal ones, and those that use tools."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resume:
    """A stream that a client can come back to."""

    __pydantic_config__ = STRICT
    journey: str
    """The journey that streams."""
    header: str = "Last-Event-ID"
    """The header of a request that comes back: this one carries the id of the last event, any other the request's own
    id, which the first request carries as well."""


WebhookScheme = Literal["standard-webhooks", "stripe", "slack"]
"""How a sender signs its deliveries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """Where signed deliveries of others come in."""

    __pydantic_config__ = STRICT
    path: str
    """Its path."""
    secret_variable: str
    """The environment variable that holds the secret; `lab.environment` gives it a value for the lab alone."""
    body: dict[str, object] = field(default_factory=dict)
    """A delivery, as JSON."""
    scheme: WebhookScheme = "standard-webhooks"
    """How it is signed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """How a user goes on with what was said before."""

    __pydantic_config__ = STRICT
    journey: str
    """The journey that begins a conversation, and goes on with it."""
    id: str
    """Where its response names the conversation: a JSON pointer."""
    into: str
    """Where the body of the next request names it: a JSON pointer such as /conversation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """How a task goes on that the end of the process cut off."""

    __pydantic_config__ = STRICT
    journey: str
    """The journey that sends one; where it answers 202, its `Location` tells the result, after a restart, too."""
    header: str = "Idempotency-Key"
    """The header that names a task: sent again with the same value, the request goes on with what was begun."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetters:
    """Where failed tasks are kept, and how one is tried again."""

    __pydantic_config__ = STRICT
    identity: str
    """Who reads and retries them."""
    list: str
    """The path where they are read, as JSON."""
    retry: str
    """The path that tries one again; `{id}` stands for its id."""
    items: str = ""
    """Where the list of failed tasks stands in what is read: a JSON pointer, or the whole of it."""
    id: str = "/id"
    """Where an entry of the list has its id: a JSON pointer."""
    method: str = "POST"
    """The HTTP method of a retry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Install:
    """How the packages of the system are installed."""

    __pydantic_config__ = STRICT
    command: tuple[str, ...]
    """The command that installs them into the directory of this file, from nothing: by pip, uv or npm."""
    index: str
    """Where they come from: https://pypi.org/simple, https://registry.npmjs.org or the like; a directory of wheels."""
    api: Literal["simple", "npm"] = "simple"
    """What the index speaks: the simple repository API of Python packages, or that of an npm registry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lab:
    """How the lab runs the system: on a throw-away copy, contained, with nothing of your own environment."""

    __pydantic_config__ = STRICT
    environment: dict[str, str] = field(default_factory=dict)
    """Variables for the lab alone: credentials that are worth nothing, switches. Identities are read from here, too."""
    point: dict[str, StandIn] = field(default_factory=dict)
    """Variables that hold an address, and the stand-in that they are to point at; usual ones are set already."""
    prepare: tuple[tuple[str, ...], ...] = ()
    """Commands that are run once in each copy before the start, for example a migration."""
    services: tuple[LabService, ...] = ()
    """Further processes of the system: a worker, a database that is started by a command."""
    ready_s: float = 60.0
    """How long a start may take, in seconds."""
    listen: str | None = None
    """Where the lab listens for an app that runs already (`gonogo lab --env`), as `host:port`: that port and the next
    four are for the provider, MCP, the retriever, the predictor and channels."""
    side_by_side: int | None = None
    """How many copies may run at once; default twice as many as there are processors, at most 4, and more while they
    mostly wait."""
    logs: tuple[str, ...] = ()
    """Globs of the files in its directory that it logs to, besides its output."""
    call_log: str | None = None
    """Glob of the file that has a JSON line for each model call; default: the output and `logs` are searched."""
    admin: tuple[AdminAction, ...] = ()
    """What only administrators may do."""
    required: tuple[str, ...] = ()
    """Variables without which the service must not start."""
    audit: str | None = None
    """Glob of the file that keeps each use of an administrator's rights and each call of a tool, as JSON lines."""
    audit_verify: tuple[str, ...] = ()
    """The command that verifies the audit file: it ends with 0 and prints the head, or names the harmed line."""
    audit_reveal: tuple[str, ...] = ()
    """The command by which an auditor reads the audit file: it prints its lines with masked values restored."""
    recovery: Recovery | None = None
    """How a long task goes on after a restart."""
    dead_letters: DeadLetters | None = None
    """The queue of failed tasks."""
    conversation: Conversation | None = None
    """How a conversation goes on."""
    shared: tuple[str, ...] = ()
    """Directories that all instances of the service share, as a mounted volume."""
    flags: str | None = None
    """Glob of the file that is the queue of flagged inputs and outputs: a JSON line each, with reason and trace id."""
    ordinary: tuple[str, ...] = ()
    """Ordinary things that users say, at least 20, for normal traffic; default: questions in English."""
    refused: dict[str, str] = field(default_factory=dict)
    """Header values that must be refused, by what is wrong with them: expired, revoked, other-audience."""
    undefended: dict[str, str] = field(default_factory=dict)
    """Variables that switch the defences of an agent off, so that attacks on it are seen to be real."""
    private: dict[str, str] = field(default_factory=dict)
    """Made-up samples of private data of your own, by name: an account or personnel number that no answer may hold."""
    owned: tuple[OwnedObject, ...] = ()
    """Objects that belong to one user."""
    sessions: Sessions | None = None
    """How sessions are opened and ended."""
    quotas: Quotas | None = None
    """What sets the quotas of users and sessions."""
    long: tuple[LongRequest, ...] = ()
    """Journeys that may take long."""
    uploads: tuple[Upload, ...] = ()
    """Where files are uploaded."""
    tiers: tuple[Tier, ...] = ()
    """The tiers of models among which rules choose, the cheapest first."""
    context: dict[str, int] = field(default_factory=dict)
    """By journey: how many tokens a request to the model may have, with history and documents in it."""
    cache: Cache | None = None
    """The cache of answers."""
    resume: tuple[Resume, ...] = ()
    """Streams that a client can come back to."""
    webhooks: tuple[Webhook, ...] = ()
    """Where signed deliveries come in."""
    install: Install | None = None
    """How packages are installed; the lab asks the index for them."""
