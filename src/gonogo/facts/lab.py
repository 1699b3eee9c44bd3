"""What only a lab run shows: how a scenario went, how the app started, what it printed, where else it wanted to go."""

from __future__ import annotations

from typing import Any

from gonogo.facts.record import Fact
from gonogo.facts.traffic import Match

ELSEWHERE = "elsewhere"
"""How an app was kept that ran already when the lab came: the lab sees neither its output nor its files."""


class LabFact(Fact, frozen=True, kw_only=True):
    """What the facts of a scenario have in common: its name, and the case within it."""

    scenario: str
    case: str = ""


class ScenarioRun(LabFact, frozen=True, kw_only=True):
    """One scenario, written when it ended.

    `cases` are those that were played to their end, `cut` those that were not, each with the reason (`--quick`, a
    journey that is missing). `deaths` are sentences about each time that the app ended by itself. `contained` says how
    the app was kept: `bubblewrap`, `landlock+proxy`, `proxy`, or `elsewhere` where it ran already. `problem` is set
    where the scenario could not be played at all, `left_out` where gonogo.yaml does not declare what it needs.
    `seconds` is how long it took.
    """

    cases: tuple[str, ...] = ()
    cut: dict[str, str] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    contained: str = ""
    deaths: tuple[str, ...] = ()
    problem: str | None = None
    left_out: str | None = None
    seconds: float = 0.0
    journeys: int = 0


class AppStart(LabFact, frozen=True, kw_only=True):
    """One start of the app. `ready_s` is None where it never became ready; `exit_code` is set where it ended by itself.

    `without` names what was withheld (an environment variable, a component), `said` is the end of its output, screened.
    `first_answer_s` is when it first answered a journey well, counted from the start.
    """

    ready_s: float | None = None
    first_answer_s: float | None = None
    exit_code: int | None = None
    without: str = ""
    said: str = ""


class AppLog(LabFact, frozen=True, kw_only=True):
    """One line that the app wrote, screened, to `stream` (stdout, stderr, or the path of a file in its directory)."""

    stream: str
    text: str
    at_s: float = 0.0
    matches: tuple[Match, ...] = ()


class SuiteRun(LabFact, frozen=True, kw_only=True):
    """One run of the declared tests. `exit_code` is None where they did not end in time; `said` is the end of what they
    printed. `covered` has, by module of the core, how many of its lines ran and how many there are; `unmeasured` are
    modules of the core that the report does not name. `problem` says why there is no coverage.
    """

    command: tuple[str, ...]
    exit_code: int | None = None
    seconds: float = 0.0
    said: str = ""
    covered: dict[str, tuple[int, int]] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    unmeasured: tuple[str, ...] = ()
    problem: str | None = None


class PackageInstall(LabFact, frozen=True, kw_only=True):
    """One run of the declared install command in a clean copy. `exit_code` is None where it did not end in time; `said`
    is the end of what it printed, and what the index could not give. `packages` has the version of each package that it
    installed, several with commas between; `asked` are the projects that the index was asked for, `offered` the newer
    releases that the lab offered, by project.
    """

    command: tuple[str, ...]
    exit_code: int | None = None
    said: str = ""
    packages: dict[str, str] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    asked: tuple[str, ...] = ()
    offered: dict[str, str] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)


class OperationCall(LabFact, frozen=True, kw_only=True):
    """One request, and what its response has that the app's OpenAPI document does not say.

    `source` is where the request comes from: a `journey`, an `example`, a `schema`, one that is `malformed` or
    `unauthenticated`, the model `away`, a caller that is `limited`, a route of the `code`; `published` is a difference
    between the written and the served document. `documented` is false where the document has no such operation.
    `undocumented` are statuses, content types and fields that it does not name, `mismatches` are differences from its
    schemas.
    """

    method: str
    route: str
    source: str
    name: str = ""
    status: int | None = None
    error: str | None = None
    documented: bool = True
    undocumented: tuple[str, ...] = ()
    mismatches: tuple[str, ...] = ()


class MetricSample(LabFact, frozen=True, kw_only=True):
    """One value that the app's own metrics gave at the end of a case; `name` and `labels` are as the app has them."""

    name: str
    labels: dict[str, str] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    value: float = 0.0


class LabFile(LabFact, frozen=True, kw_only=True):
    """A file of the app's copy that a case created, changed or deleted. `path` is relative to the copy, or absolute for
    a planted canary file outside it; `canaries` are the ids of planted canaries in it."""

    path: str
    change: str
    bytes: int = 0
    canaries: tuple[str, ...] = ()


class Contact(LabFact, frozen=True, kw_only=True):
    """The app wanted to reach a host that is not the lab. Nothing left: `how` says what answered (dns, tls, proxy)."""

    host: str
    port: int = 0
    how: str = ""


class ChannelMessage(LabFact, frozen=True, kw_only=True):
    """Something arrived at a channel that the lab offers the app (alerts, webhooks, mail): screened text and time."""

    channel: str
    text: str
    at_s: float = 0.0
    matches: tuple[Match, ...] = ()


class Measure(LabFact, frozen=True, kw_only=True):
    """A figure that a procedure of the lab took, with its unit; `subject` says of what."""

    name: str
    value: float
    unit: str = ""
    subject: str = ""
    text: str = ""


class LoadRun(LabFact, frozen=True, kw_only=True):
    """One stage of an open-loop load run, or one slice of a stage that is looked at over time.

    `arrival` is constant, poisson, ramp, spike, trace, `held` where so many were kept under way, or `at-once` where all
    left together; `rate` the planned and `achieved` the real arrivals per second. `begun_s` is when the slice began,
    counted from its stage's begin. `latency`, `first_token` and `token_gap` are HDR histograms in microseconds (base64,
    V2 compressed), latency counted from the time that each request was *due*, so that a stalled server is not flattered
    (coordinated omission), of good answers and of requests that were given up at their deadline; `service` counts from
    the time it was sent, `refusal` is that of 429 and 503. `errors` counts by class (`timeout`, `refused`, `reset`,
    `status-503`, `no-answer`, ...). `late_ms` is how far the generator fell behind its own schedule at worst,
    `late_share` the share of requests that left more than 10 ms late. `concurrent` is the most at once. `cpu`,
    `memory_mb`, `files` and `connections` are samples of the app's processes, one about every second, as (seconds,
    value).
    """

    stage: str
    arrival: str
    route: str = ""
    journey: str = ""
    rate: float = 0.0
    achieved: float = 0.0
    begun_s: float = 0.0
    seconds: float = 0.0
    sent: int = 0
    answered: int = 0
    good: int = 0
    errors: dict[str, int] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    latency: str = ""
    service: str = ""
    first_token: str = ""
    token_gap: str = ""
    refusal: str = ""
    late_ms: float = 0.0
    late_share: float = 0.0
    concurrent: int = 0
    cpu: tuple[tuple[float, float], ...] = ()
    memory_mb: tuple[tuple[float, float], ...] = ()
    files: tuple[tuple[float, float], ...] = ()
    connections: tuple[tuple[float, float], ...] = ()


class AgentRun(LabFact, frozen=True, kw_only=True):
    """One run of an agent, alone or among others at the same time; `case` is the stage of load.

    `name` is that of its canary, a word that stands in its task alone. `endless` is one that the model never ends,
    `answered` says that the user got an answer (of the model, where that ends the run), with the canary in it or not.
    `tool_calls` counts a call that was tried again with its key once. `foreign` tells of canaries of other runs that
    showed up in it, each with the place.
    """

    name: str
    endless: bool = False
    answered: bool = False
    model_calls: int = 0
    tool_calls: int = 0
    foreign: tuple[str, ...] = ()


class RetrievalRun(LabFact, frozen=True, kw_only=True):
    """One step of retrieval in one stage of a load run: all calls of it that arrived at the lab.

    `step` is embed, search or rerank; `by` says whose calls they are: those of `queries`, or of the `indexer` that runs
    beside them. `calls` counts them, `texts` is how many texts came with them, `failed` how many got no good answer.
    `latency` is a HDR histogram as in `LoadRun`, from when a call arrived at the lab until the last byte of its answer
    left. `service` names the process of the app that answered, "" where a stand-in of the lab did.
    """

    stage: str
    step: str
    by: str = "queries"
    calls: int = 0
    texts: int = 0
    failed: int = 0
    seconds: float = 0.0
    latency: str = ""
    service: str = ""


class IndexRun(LabFact, frozen=True, kw_only=True):
    """One run of the app's own indexer for a stage of a load run: before it, or `beside` its requests.

    `documents` is how many lay in its folder, `wanted` how many were to: fewer where there was no time for more.
    `points` is how many points of the app's store were written until it ended. `exit_code` is None where it was ended
    after its time, `seconds` how long it ran.
    """

    stage: str
    beside: bool = False
    documents: int = 0
    wanted: int = 0
    points: int = 0
    seconds: float = 0.0
    exit_code: int | None = None
    said: str = ""


class DrillRun(LabFact, frozen=True, kw_only=True):
    """One drill: the command, when it was run, and what traffic saw.

    `before` and `after` are the versions that answers carried; `seconds` runs from the start of the command to the
    first answer after which every answer carried the previous version (None where that never came). `exit_code` is
    the command's. `lost` counts requests without a good answer while it ran.
    """

    name: str
    command: tuple[str, ...]
    commands: int = 1
    exit_code: int | None = None
    before: str = ""
    after: str = ""
    expected: str = ""
    seconds: float | None = None
    asked: int = 0
    lost: int = 0
    problem: str | None = None


class LabDocument(LabFact, frozen=True, kw_only=True):
    """A document that the lab gave to the app's indexer: a file called `name`, with headings and texts in `sections`.

    `trait` says what is special about it ("" for a good one, `removed` for one that was taken away), `of` names the
    document that it repeats. `confidence` is how surely its text was recognised, 0 to 1, None where it was typed.
    """

    name: str
    title: str = ""
    author: str = ""
    date: str = ""
    category: str = ""
    tenant: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    trait: str = ""
    of: str = ""
    confidence: float | None = None


class StoredPoint(LabFact, frozen=True, kw_only=True):
    """A point that the app's store held at the end of a case: what the app's indexer wrote there, screened.

    `text` is set where the protocol has one; most stores keep it in the `payload`. `vector` is base64 of little-endian
    32-bit floats, "" where nobody asked for it. `version` counts how often the point was written.
    """

    index: str
    point: str
    payload: dict[str, Any] = {}  # noqa: RUF012  (msgspec copies empty mutable defaults)
    text: str = ""
    vector: str = ""
    version: int = 1
