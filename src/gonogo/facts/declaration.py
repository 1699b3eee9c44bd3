"""What the team declares in gonogo.yaml. These records are the file's one definition: they validate it, they are its
JSON Schema, and as the fact `Declaration` they are what checks read.

The docstring under each field is its description in the schema and on the reference page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gonogo.facts.lab_declaration import STRICT, Lab, LabService
from gonogo.facts.record import Fact

PersonalData = Literal["email", "phone", "credit-card", "ssn"]
Kind = Literal["llm-app", "rag", "agent", "ml-model"]
Sensitivity = Literal["read", "write", "delete", "financial", "external-communication", "data-export", "code-execution"]
Language = Literal["shell", "python", "javascript"]
DataClass = Literal["public", "internal", "confidential", "personal"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """A place where the system runs."""

    __pydantic_config__ = STRICT
    name: str
    """Its name, as given to `--env`."""
    url: str | None = None
    """Where it answers, scheme and host included."""
    production: bool = False
    """True for the environment that real users use. Nothing that could change state is ever sent there."""
    disposable: bool = False
    """True when it may be broken: unsafe requests, load and faults go only to such environments."""
    hosts: tuple[str, ...] = ()
    """Further hosts that probes may contact."""
    origins: tuple[str, ...] = ()
    """Origins that browsers may call it from (CORS)."""
    network: bool = True
    """False when it cannot be reached over a network (a command, a batch job)."""
    request_budget: int = 200
    """How many requests one probe run may send."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """How the system starts and where it answers on this machine."""

    __pydantic_config__ = STRICT
    start: tuple[str, ...] | None = None
    """The command, one list item per argument; it runs without a shell."""
    port: int | None = None
    """The port that it listens on."""
    url: str | None = None
    """Where it answers; default `http://127.0.0.1:PORT`."""
    health: str | None = None
    """The path of its health route."""
    ready: str | None = None
    """The path of its readiness route."""
    directory: str = "."
    """Where the command runs, relative to this file."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that it needs; never put a secret here."""
    port_variable: str | None = None
    """The environment variable that sets its port, for further instances beside it."""
    openapi: str | None = None
    """Path of the OpenAPI document, in the repository or at the service."""
    contract: tuple[str, ...] = ()
    """The command that tests its API as clients use it, and ends with 0 where all is well; `{url}` is its address."""
    api_version_header: str | None = None
    """The header that names the version of its API, where paths do not; default `API-Version` or `X-API-Version`."""
    public: tuple[str, ...] = ()
    """Paths that anyone may call without credentials; health, documentation and sign-in routes need no entry."""
    sensitive: tuple[str, ...] = ()
    """Paths that only listed networks may call."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """How users rate an answer, or how what turned out to be true is told about a prediction."""

    __pydantic_config__ = STRICT
    path: str
    """Where it is posted; `{id}` stands for the id of the answer or prediction."""
    body: dict[str, object]
    """What is posted, as JSON; `{id}` stands for the id."""
    label: str | None = None
    """Where in it the rating or the true value stands: a JSON pointer such as /actual."""
    up: str | int | bool = "up"
    """The rating of a good answer."""
    down: str | int | bool = "down"
    """The rating of a bad one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """One thing that a user does and that makes the app do its work: an HTTP request or a command."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    method: str = "POST"
    """HTTP method."""
    path: str | None = None
    """Path and query of the request."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of the request."""
    body: dict[str, object] | list[object] | str | None = None
    """The body: a mapping or a list is sent as JSON, a text as it is."""
    command: tuple[str, ...] | None = None
    """Instead of a request: a command, one list item per argument."""
    answer: str | None = None
    """Where the answer stands in the response: a JSON pointer such as /answer, or `text` for the whole body."""
    streams: bool = False
    """True when the answer arrives as a stream."""
    identity: str | None = None
    """The identity that it is sent as."""
    feature: str | None = None
    """The feature that it belongs to."""
    deadline_s: float = 130.0
    """How long the user may wait, in seconds."""
    id: str | None = None
    """Where the response names the answer: a JSON pointer."""
    feedback: Feedback | None = None
    """How users rate the answer."""
    consumer: tuple[str, ...] = ()
    """A command that reads the response from its input as the program that uses it does, and fails where it cannot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Someone who may call the system in tests."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    role: str = "user"
    """Its role, for example user, low or admin."""
    header: str = "Authorization"
    """The header that carries its credential."""
    variable: str | None = None
    """The environment variable that holds the header's value; the value itself is never written here."""
    tenant: str | None = None
    """The tenant that it belongs to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """A model provider and the account that is used there."""

    __pydantic_config__ = STRICT
    name: str
    """openai, anthropic, azure, google, mistral, ... or the name of a self-hosted server."""
    account: str | None = None
    """The account, organisation or project id."""
    base_url_variable: str | None = None
    """The environment variable that points the SDK at it, for example OPENAI_BASE_URL."""
    key_variable: str | None = None
    """The environment variable that holds its key."""
    models: tuple[str, ...] = ()
    """The exact model versions in use."""
    bills_per_use: bool = True
    """False for a server of one's own."""
    status_feed: str | None = None
    """URL of its status feed."""
    gateway: bool = False
    """True when calls to it go through a gateway that enforces timeouts, limits and budgets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """An AI feature of the product."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    degraded_mode: str | None = None
    """What users get when the model is away."""
    outcome_metric: str | None = None
    """The metric that tells whether it serves its purpose."""
    kill_switch: str | None = None
    """The flag or command that turns it off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependency:
    """Something outside that the system needs."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    host: str | None = None
    """Host, with the port where it is not the usual one."""
    fallback: str | None = None
    """What happens when it is away."""
    tls: bool | None = None
    """Whether the link is encrypted."""
    pool_size: int | None = None
    """At most how many connections to it the service keeps, all its processes together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """A service level objective."""

    __pydantic_config__ = STRICT
    name: str
    """availability, latency-p95, latency-p99, time-to-first-token, error-rate, ..."""
    target: float
    """The target figure."""
    unit: str
    """Its unit: %, ms, s, ..."""
    window_days: int = 30
    """The window it is measured over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The load that is expected."""

    __pydantic_config__ = STRICT
    requests_per_minute: float
    """At an ordinary hour."""
    peak_requests_per_minute: float | None = None
    """At the busiest minute."""
    concurrent_users: int | None = None
    """At the same time."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables for load runs alone, such as one that lifts the limit per user: a few identities stand for many."""
    store: LabService | None = None
    """The vector store itself, for load runs: it starts before the service, and what the app sends to the store that
    `lab.point` names reaches it through the lab, which times it. Without it the lab's own store answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Budgets:
    """What may be spent."""

    __pydantic_config__ = STRICT
    monthly_usd: float | None = None
    """Per month, all providers together."""
    daily_usd: float | None = None
    """Per day."""
    per_request_usd: float | None = None
    """For one model call."""
    alert_percent: tuple[float, ...] = ()
    """Shares of the monthly budget at which an alert is sent."""
    alert_channel: str | None = None
    """Where those alerts go."""
    daily_variable: str | None = None
    """The environment variable that sets the daily budget of the service, for runs in the lab."""
    monthly_variable: str | None = None
    """The same for the monthly budget."""
    lifted: dict[str, str] = field(default_factory=dict)
    """Variables that lift the cap, so that alerts beyond it can be seen in the lab."""
    prompt_tokens: int | None = None
    """How long the system prompt may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataStore:
    """A place that keeps data."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    holds: DataClass = "internal"
    """The highest class of data in it."""
    retention_days: int | None = None
    """How long data is kept."""
    rebuildable: bool = False
    """True when its content can be made again from elsewhere."""
    encrypted: bool | None = None
    """Whether it is encrypted at rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLimits:
    """What one run of a program may take."""

    __pydantic_config__ = STRICT
    memory_mib: float
    """Memory of all its processes, in MiB."""
    cpu_s: float
    """Time of the processor, of all its processes, in seconds."""
    disk_mib: float
    """What it may write, in MiB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A tool that a model may call."""

    __pydantic_config__ = STRICT
    name: str
    """The name the model sees."""
    sensitivity: tuple[Sensitivity, ...] = ()
    """What it can do; empty means unclassified, which counts as sensitive."""
    approval: bool = False
    """True when a person approves each call."""
    server: str | None = None
    """The MCP server that offers it."""
    scope: dict[str, str] | None = None
    """What each argument may be, as a glob; `{}` where any value is in its scope. Left out: not stated."""
    example: dict[str, str] = field(default_factory=dict)
    """Arguments of a call that is in its scope; the lab makes it, and calls that differ from it in one argument."""
    most: int | None = None
    """How many calls of it one task may make."""
    not_after: tuple[str, ...] = ()
    """Tools after which one task may not call it, since what they read could leave by it."""
    directory: str | None = None
    """For a tool of the app's own that reads, writes or keeps files: the directory that it is confined to."""
    path: str = "path"
    """The argument that names its file."""
    hosts: tuple[str, ...] = ()
    """For a tool of the app's own that opens connections: the hosts that it may reach."""
    url: str = "url"
    """The argument that names what it is to reach."""
    runs: Language | None = None
    """For a tool that runs programs, in the app or in a tool server of its own: their language."""
    code: str = "code"
    """The argument that holds the program."""
    limits: RunLimits | None = None
    """What a run of it may take before it is ended."""
    receives: dict[str, tuple[PersonalData, ...]] = field(default_factory=dict)
    """Personal data that an argument may hold, as an exception: each is to be recorded when it passes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """How users tell which of the documents shown served them."""

    __pydantic_config__ = STRICT
    id: str
    """Where the first journey's response names the answer: a JSON pointer."""
    documents: str
    """Where it lists the documents shown, best first, by id or as objects with an `id`: a JSON pointer."""
    click: Feedback | None = None
    """How a click is sent; `{id}`, `{document}` and `{rank}` stand for values. Its record says `click`."""
    vote: Feedback | None = None
    """How a vote on the answer is sent; `{id}` stands for the answer's id. Its record says `vote`."""


Narrowing = Literal["since", "until", "any", "none"]
"""A filter: from a date on, up to a date, of any of two categories, of all categories but one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approvals:
    """How a person decides on a tool call that is held."""

    __pydantic_config__ = STRICT
    approver: str
    """The identity that decides in tests, another one than a journey's."""
    waiting: str
    """The path where that identity reads which calls are held, as JSON."""
    decide: str
    """The path where it decides on one; `{id}` stands for the call's id."""
    approve: dict[str, object]
    """The body that approves, as JSON; `{id}` in a text stands for the call's id."""
    deny: dict[str, object]
    """The body that denies."""
    items: str = ""
    """Where the list of held calls stands in what is read: a JSON pointer, or the whole of it."""
    id: str = "/id"
    """Where an entry of the list has the call's id: a JSON pointer."""
    method: str = "POST"
    """The HTTP method of a decision."""


FileFormat = Literal["pdf", "scan", "docx", "html"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A search index."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    store: str | None = None
    """The data store that holds it."""
    embedding_model: str | None = None
    """The exact embedding model."""
    dimension: int | None = None
    """Length of its vectors."""
    vector: bool = True
    """True for vector search."""
    keyword: bool = False
    """True for keyword search."""
    filters: tuple[str, ...] = ()
    """Metadata fields that queries filter on."""
    max_lag_hours: float | None = None
    """How old its content may be."""
    lag_variable: str | None = None
    """The environment variable that sets this limit of the service, in hours, for runs in the lab."""
    empty_reply: str | None = None
    """What users read where nothing is found, or a part of it that is always the same."""
    documents: int | None = None
    """How many documents it holds today."""
    embedding_requests_per_minute: float | None = None
    """How many requests the embedding service takes in a minute: the limit of its account, or what it was sized for."""
    ingest_requests_per_minute: float | None = None
    """How many of these the indexer sends at most."""
    ingest: tuple[str, ...] = ()
    """The command that makes it hold the documents of a folder and no others; `{folder}` stands for the folder."""
    formats: tuple[FileFormat, ...] = ()
    """The kinds of files beside Markdown that it takes from there; `scan` is a PDF file of pictures of text. Of what it
    does not take the command names each file in its output."""
    metadata: dict[str, str] = field(default_factory=dict)
    """Where a stored point keeps its source, date, author, section, text, flag: dotted paths; else by these names."""
    narrowing: dict[Narrowing, dict[str, object]] = field(default_factory=dict)
    """What a user adds to the first journey's body to filter; `{date}`, `{category}` and `{other}` stand for values.
    An empty mapping says that there is no such filter."""
    rewrites: dict[str, str] = field(default_factory=dict)
    """Questions as users type them, with a typo, an abbreviation or a name, and what is to be searched for instead."""
    signals: Signals | None = None
    """How users' signals on what was found arrive."""
    compound: str | None = None
    """A question that is split into several searches."""
    cache_s: float | None = None
    """How long search results are cached, in seconds."""
    cache_variable: str | None = None
    """The environment variable that sets it; switch the cache off by it in lab.environment for the other proofs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accuracy:
    """How well predictions hold against what turned out to be true."""

    __pydantic_config__ = STRICT
    metric: Literal["accuracy", "mae", "mape", "rmse"]
    """The figure: a share of right classes, or a mean error of numbers; `mape` is a share, 0.08 for 8 %."""
    baseline: float
    """Its value at release."""
    path: str
    """Where the service tells it: JSON with an entry for each date of labels and version (date, version, METRIC)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preprocessing:
    """The code that makes features of raw records; `tests:` of the system test it."""

    __pydantic_config__ = STRICT
    modules: tuple[str, ...]
    """Globs of the files that compute features."""
    training: tuple[str, ...]
    """A command that makes features as training does: a raw record per line of its input, as JSON, one per line out."""


Unusual = Literal["reject", "impute", "fallback"]
"""What becomes of an unusual value: an error, a usual value in its place, or a fallback that says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionEndpoint:
    """An endpoint of a classical model."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    path: str
    """Where it answers."""
    fallback: str | None = None
    """What is returned when the model fails."""
    output_min: float | None = None
    """Smallest valid prediction."""
    output_max: float | None = None
    """Largest valid prediction."""
    classes: tuple[str, ...] = ()
    """Valid predictions, where they are names."""
    timeout_ms: float | None = None
    """How long the model may take, in milliseconds."""
    record: str = ""
    """Where a record stands in the body of the journey that asks it: a JSON pointer such as /records/0."""
    fields: dict[str, dict[str, object]] = field(default_factory=dict)
    """The fields of a record, each with its JSON Schema: type, minimum, maximum, enum."""
    optional: tuple[str, ...] = ()
    """Fields that may be left out."""
    missing: dict[str, Unusual] = field(default_factory=dict)
    """By field: what becomes of a record in which it is null, empty or no number."""
    unseen: dict[str, Unusual] = field(default_factory=dict)
    """By field: what becomes of a record with a name in it that training did not see."""
    output: str = "/prediction"
    """Where the prediction stands in the response: a JSON pointer."""
    flag: str | None = None
    """Where the response says that it is a fallback: a JSON pointer to something that is true then."""
    id: str | None = None
    """Where the response names the prediction: a JSON pointer."""
    feedback: Feedback | None = None
    """How feedback on a prediction is given."""
    preprocessing: Preprocessing | None = None
    """The code that makes its features."""
    explanation: str | None = None
    """Where the weights of the features in a prediction are told; `{id}` stands for the prediction's id."""
    accuracy: Accuracy | None = None
    """How accurate it is in use, by the labels that arrive."""
    corpus: int | None = None
    """How many distinct predictions would copy the model, or the data behind it."""
    drift_rows: int | None = None
    """After how many records a drift of a field is told at the latest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Telemetry:
    """Where metrics, logs and alerts live."""

    __pydantic_config__ = STRICT
    metrics: str | None = None
    """URL of the metrics store or of the /metrics route."""
    logs: str | None = None
    """URL or path of the logs."""
    alerts: str | None = None
    """Path of the alert rules, or URL of the alert manager."""
    dashboards: tuple[str, ...] = ()
    """URLs of the dashboards."""
    traces: str | None = None
    """URL of the trace store."""
    errors: str | None = None
    """The counter of errors, by type and service, among the metrics."""
    latency: str | None = None
    """The histogram or summary of how long requests take, in seconds, by route."""
    first_token: str | None = None
    """The same of the time to the first token of a streamed answer."""
    runs: str | None = None
    """The counter of an agent's runs, by outcome."""
    tool_calls: str | None = None
    """The counter of calls of tools, by tool and outcome."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVersion:
    """A version of the model that is on trial beside the one in use."""

    __pydantic_config__ = STRICT
    model: str
    """Its model, as calls name it."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that put it on trial."""
    identities: tuple[str, ...] = ()
    """Who gets it, where it is for some users only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """A comparison of a new version with the one in use, each for a share of the users."""

    __pydantic_config__ = STRICT
    model: str
    """The new version's model, as calls name it."""
    unit: str
    """The request header that carries the id of a user, by which versions are assigned."""
    analysis: tuple[str, ...]
    """The command that compares both; it prints JSON. `{name}` stands for the name of the experiment."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that start it; `{name}` stands for the name of the experiment."""
    p_value: str = "/p_value"
    """Where the analysis tells its p value: a JSON pointer."""
    share: float = 0.5
    """The share of users who get the new version."""
    users: int = 400
    """How many users it is planned for, of both versions together."""
    effect: float = 0.1
    """The smallest effect that it is to find: by which share errors shrink, or right and good answers grow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """How versions go out and come back."""

    __pydantic_config__ = STRICT
    deploy: tuple[str, ...] | None = None
    """The deploy command."""
    rollback: tuple[str, ...] | None = None
    """The one command that restores the last good version."""
    version_header: str | None = None
    """The response header, or JSON pointer, that names the running version."""
    platform: str | None = None
    """kubernetes, compose, serverless, vm, ..."""
    shadow: NewVersion | None = None
    """A version that gets copies of requests, and whose answers nobody gets."""
    experiment: Experiment | None = None
    """A comparison of a new version with the one in use."""
    segment: NewVersion | None = None
    """A version that some users get before the others."""
    previous: str | None = None
    """The revision of the last release, such as a tag; default the newest tag before this commit."""
    first_release: bool | None = None
    """True when nothing of it has been in production yet."""
    gate: tuple[str, ...] = ()
    """The command that asks the gate before a promotion, and promotes nothing itself; default `gonogo gate`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """A data set for training or evaluation."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    path: str
    """Where it is."""
    purpose: Literal["training", "evaluation", "holdout"]
    """What it is for."""
    digest: str | None = None
    """sha256 of the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """The unit tests of the system."""

    __pydantic_config__ = STRICT
    command: tuple[str, ...]
    """The command that runs them, one list item per argument; it runs without a shell and without a network."""
    coverage: str | None = None
    """The file of line coverage that it leaves, in the LCOV format."""
    core: tuple[str, ...] = ()
    """Globs of the core modules; default every file that the report names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Someone with a part in the system."""

    __pydantic_config__ = STRICT
    name: str
    """Their name."""
    email: str | None = None
    """The address they commit and are reached with."""
    key: str | None = None
    """Their public signing key, `ed25519:...` as `gonogo key list` prints it."""
    channel: str | None = None
    """Where they are reached: a phone, pager or chat address."""
    roles: tuple[str, ...] = ()
    """on-call, product, support, security, compliance, ..."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotApplicable:
    """A control that the team says does not apply, with the reason."""

    __pydantic_config__ = STRICT
    control: str
    """Id of the control."""
    reason: str
    """Why it does not apply, in at least 20 characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentPolicy:
    """What the gate asks before it says GO for one environment; the law in force counts, never the judged commit."""

    __pydantic_config__ = STRICT
    environment: str
    """Name of the environment."""
    profile: str | None = None
    """The profile that must be met; default pre-launch for production, minimum elsewhere."""
    approvals: int | None = None
    """How many approvers must sign the evidence; default 1 for production, 0 elsewhere."""
    allow_dirty: bool | None = None
    """True when uncommitted changes, or a directory without git, may get a GO; default false."""
    max_waivers: int | None = None
    """How many waivers may be in use at once; no limit by default."""
    fail_on: Literal["critical", "major", "minor"] | None = None
    """Open controls of this severity and above block; default major."""


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """One system that ships: what gonogo.yaml declares."""

    __pydantic_config__ = STRICT
    name: str
    """Its name."""
    kinds: tuple[Kind, ...] = ()
    """What it is; empty means undetermined, and then every kind's controls apply."""
    path: str = "."
    """Its directory, for one of several systems in a repository."""
    description: str = ""
    """One sentence about it."""
    extends: str | None = None
    """What this system tightens, never loosens: a path, `git:REVISION:PATH`, or `package:NAME/PATH`."""
    environments: tuple[Environment, ...] = ()
    """Where it runs."""
    service: Service | None = None
    """How it starts and where it answers."""
    journeys: tuple[Journey, ...] = ()
    """What users do with it."""
    identities: tuple[Identity, ...] = ()
    """Who may call it in tests: two users and a low role."""
    providers: tuple[Provider, ...] = ()
    """Model providers."""
    features: tuple[Feature, ...] = ()
    """AI features."""
    dependencies: tuple[Dependency, ...] = ()
    """What it needs from outside."""
    objectives: tuple[Objective, ...] = ()
    """Service level objectives."""
    load: Load | None = None
    """Expected load."""
    budgets: Budgets | None = None
    """Spending limits."""
    data_stores: tuple[DataStore, ...] = ()
    """Where data is kept."""
    tools: tuple[Tool, ...] = ()
    """Tools that a model may call."""
    approvals: Approvals | None = None
    """How a person decides on tool calls that are held."""
    indexes: tuple[Index, ...] = ()
    """Search indexes."""
    predictions: tuple[PredictionEndpoint, ...] = ()
    """Prediction endpoints."""
    telemetry: Telemetry | None = None
    """Where metrics, logs and alerts live."""
    deployment: Deployment | None = None
    """How versions go out and come back."""
    lab: Lab | None = None
    """How the lab runs it."""
    tests: Suite | None = None
    """Its unit tests."""
    datasets: tuple[Dataset, ...] = ()
    """Data sets."""
    owners: tuple[Person, ...] = ()
    """Who owns it."""
    approvers: tuple[Person, ...] = ()
    """Who may approve releases, waivers and changes of this law, each with a key."""
    rota: tuple[Person, ...] = ()
    """Who is on call."""
    contacts: tuple[Person, ...] = ()
    """Who else is told."""
    status_page: str | None = None
    """URL of the status page."""
    regimes: tuple[str, ...] = ()
    """Regimes that apply: gdpr, eu-ai-act, hipaa, soc2, ..."""
    domain: str | None = None
    """The domain, where it is regulated: finance, health, hiring, ..."""
    audience: Literal["public", "customers", "internal"] | None = None
    """Who uses it."""
    thresholds: dict[str, dict[str, object]] = field(default_factory=dict)
    """Overrides: control id, threshold name, value."""
    not_applicable: tuple[NotApplicable, ...] = ()
    """Controls that do not apply, with reasons."""
    policies: tuple[EnvironmentPolicy, ...] = ()
    """What the gate asks per environment."""
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Globs of the files that make up a part (code, prompts, models, tools, ...), for its fingerprint."""
    exclude: tuple[str, ...] = ()
    """Globs that the scan leaves out."""


class Declaration(Fact, frozen=True, kw_only=True):
    """gonogo.yaml as a fact.

    `drafted` is true when there is no such file and the system was inferred from the repository; a drafted value is a
    guess, not a promise of the team. `lines` maps dotted keys (`journeys.0.path`) to their line in `path`;
    `extended` are the further files that it stands on.
    """

    system: System
    path: str = "gonogo.yaml"
    drafted: bool = False
    extended: tuple[str, ...] = ()
    lines: dict[str, int] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
