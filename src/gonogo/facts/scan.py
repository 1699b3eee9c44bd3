"""What a reading of the repository saw. Nothing of it was executed; text in these facts was masked before."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.facts.record import Confidence, Fact

Origin = Literal["literal", "constant", "env-default", "unset", "dynamic"]
"""Where a value comes from: written at the call; a name resolved within the project; the default of an environment
variable; not set at all; or not resolvable by reading."""


class Setting(msgspec.Struct, frozen=True, rename={"origin": "from"}):
    """The value that a call site gives one parameter. `value` is None when it is unset or dynamic."""

    value: str | int | float | bool | None = None
    origin: Origin = "unset"


UNSET = Setting()


class Seen(Fact, frozen=True, kw_only=True):
    """Base of facts with a place: `path` relative to the repository root, 1-based `line`."""

    path: str
    line: int | None = None
    confidence: Confidence = "certain"


class SourceTree(Fact, frozen=True, kw_only=True):
    """What one scan read and what it left out: without it, the absence of other facts means nothing.

    `languages` maps a language to its number of files; `frameworks` and `sdks` are the names of libraries in use.
    """

    files: int
    lines: int = 0
    languages: dict[str, int] = msgspec.field(default_factory=dict)
    ignored: int = 0
    frameworks: tuple[str, ...] = ()
    sdks: tuple[str, ...] = ()


class UnreadableFile(Seen, frozen=True, kw_only=True):
    """A file that looks like source or configuration and could not be parsed; what it holds is unknown."""

    reason: str
    in_tests: bool = False


class ModelCallSite(Seen, frozen=True, kw_only=True):
    """A place in the code that calls a model.

    `sdk`: openai, anthropic, google, langchain, litellm, http. `api`: chat, responses, embeddings, messages, ...
    `timeout` is in seconds, `retries` counts repeats after the first attempt; both as they take effect, whether set at
    the call or where the client was made (`client_line`). `base_url` tells whether it goes through a gateway.
    `in_tests` is true for call sites in test code, examples and notebooks, which production controls do not judge.
    """

    sdk: str
    api: str
    model: Setting = UNSET
    max_output_tokens: Setting = UNSET
    temperature: Setting = UNSET
    timeout: Setting = UNSET
    connect_timeout: Setting = UNSET
    """Set only where it is given apart from the read timeout."""
    retries: Setting = UNSET
    stream: Setting = UNSET
    base_url: Setting = UNSET
    client: str | None = None
    """Dotted name of the client class or function that sends it, such as openai.AsyncOpenAI or httpx.post; the defaults
    of what is unset follow from it."""
    client_path: str | None = None
    client_line: int | None = None
    attempts: Setting = UNSET
    """Attempts that a retry decorator around the call makes, its first included; a literal None: it never stops."""
    waits: str = ""
    """How that decorator waits: exponential-jitter, exponential, random, fixed or none; empty when that is unclear."""
    in_tests: bool = False


class ModelReference(Seen, frozen=True, kw_only=True):
    """A model id in configuration, an environment file or a default, outside a call."""

    model: str
    key: str = ""
    in_tests: bool = False


class EnvironmentRead(Seen, frozen=True, kw_only=True):
    """The code reads an environment variable; `default` is the masked literal default, None when there is none."""

    name: str
    default: str | None = None


class HttpRoute(Seen, frozen=True, kw_only=True):
    """A route that the service answers. `authentication` names what guards it, None when nothing seen does."""

    method: str
    route: str
    framework: str
    authentication: str | None = None
    typed_body: bool | None = None
    streams: bool = False
    calls_model: bool | None = None
    in_tests: bool = False


class HealthRoute(Seen, frozen=True, kw_only=True):
    """A liveness, readiness or startup route. `looks_at` lists what its handler asks; empty means a constant answer."""

    method: str
    route: str
    role: Literal["live", "ready", "startup", "health"]
    looks_at: tuple[str, ...] = ()


class CorsPolicy(Seen, frozen=True, kw_only=True):
    """A CORS setting. `origins` is None when it cannot be resolved; `source` is then the name that they come from."""

    framework: str
    origins: tuple[str, ...] | None = None
    credentials: bool | None = None
    source: str = ""


class RateLimit(Seen, frozen=True, kw_only=True):
    """A rate limiter that is set up in code or at the ingress."""

    framework: str
    limit: str | None = None
    route: str | None = None


class InsecureTransport(Seen, frozen=True, kw_only=True):
    """Certificate checks switched off, or a provider called over plain HTTP."""

    what: str


class HardcodedSecret(Seen, frozen=True, kw_only=True):
    """A secret in the tree or in history. `digest` is a keyed hash of it, `shown` its masked form, never the secret.

    `commit` is set when it was found in history only.
    """

    rule: str
    digest: str
    shown: str
    commit: str | None = None
    in_tests: bool = False


class SecretScan(Fact, frozen=True, kw_only=True):
    """What the secret scan covered. `canaries` maps each place (tree, history, notebook, ...) to whether the fake key
    that was planted in a scratch copy of it was found. `history` is partial where it was too long to read whole."""

    files: int
    commits: int = 0
    history: Literal["full", "partial", "shallow", "none"] = "none"
    canaries: dict[str, bool] = msgspec.field(default_factory=dict)
    scanners: tuple[str, ...] = ()


class LockFile(Seen, frozen=True, kw_only=True):
    """A lock file, with how many packages it pins and whether each has a hash."""

    ecosystem: str
    packages: int = 0
    hashed: bool = False
    covers: str | None = None
    """Path of the manifest that it locks."""


class Dependency(Seen, frozen=True, kw_only=True):
    """A direct dependency of a manifest. `pinned` is true for an exact version."""

    ecosystem: str
    name: str
    version: str = ""
    pinned: bool = False


class ContainerBase(Seen, frozen=True, kw_only=True):
    """The FROM of a Dockerfile. `image` is None when it comes from a build argument without default."""

    image: str | None
    tag: str | None = None
    digest: str | None = None
    user: str | None = None
    """The user that the final stage runs as."""


class StartCommand(Seen, frozen=True, kw_only=True):
    """How the service starts: a Dockerfile CMD, a Procfile line, a compose command, a script entry."""

    command: tuple[str, ...]
    port: int | None = None


class Command(msgspec.Struct, frozen=True):
    """One line of a code block in a document, with its 1-based line."""

    text: str
    line: int


class Document(Seen, frozen=True, kw_only=True):
    """A document that people read. `role`: readme, runbook, architecture, api, operations, contacts, changelog, ...

    `headings` are lower-cased, `commands` the lines of its code blocks, `changed_at` the date of its last commit.
    `labels` are the lower-cased words before a colon at the start of a line or sentence (`Owner: ...`), `missing` the
    files that its commands name (`./deploy.sh`) and that are not in the repository.
    """

    role: str
    title: str = ""
    headings: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    words: int = 0
    changed_at: str | None = None
    labels: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class DataStore(Seen, frozen=True, kw_only=True):
    """A database, cache, bucket or vector store that code or configuration names. `role`: vector, relational, ..."""

    product: str
    role: str


class ToolDefinition(Seen, frozen=True, kw_only=True):
    """A tool or MCP server that a model may call, by the name the model sees."""

    name: str
    framework: str
    effects: tuple[str, ...] = ()
    """What its body can do, as seen: shell, filesystem, network, delete, payment, message."""


class Trait(Seen, frozen=True, kw_only=True):
    """Something of the repository that decides whether a control applies, such as `migrations`, `streams`.

    `holds` is false only where reading shows that it is not there.
    """

    name: str
    holds: bool = True
    detail: str = ""
