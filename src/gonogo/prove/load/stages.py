"""What a load run plays: the stages of each scenario, from the load that gonogo.yaml declares. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gonogo.errors import UsageError
from gonogo.facts.declaration import Kind, Load, System

QUICK_S = 10.0
"""With `--quick` no stage is longer than this."""
OVERLOAD = 5
"""Times the peak (catalogue: performance.overload-recovery)."""
SPIKE, RAMP_FROM = 5.0, 0.1
"""How far a spike goes above the rate, and where a ramp begins, as factors of it."""
ALONE, TOGETHER = "alone", "together"
"""The stages in which runs of an agent are seen apart."""
_NORMAL_S, _HELD_S, _RUN_S = 30.0, 20.0, 20.0
_SLICES = 10
_SHARES = (0.1, 0.3, 1.0)
"""Steps of concurrency, as shares of what is required."""


Arrival = Literal["constant", "poisson", "ramp", "spike", "trace", "held", "at-once"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """So many arrivals per second for so long; or, where `arrival` is held, so many requests always under way.

    Where it is at-once, `concurrent` runs of an agent leave together, and the stage lasts until they have ended.
    A ramp ends at `rate`, a spike has `SPIKE` times that for its middle fifth, a trace has `moments` of its own.
    `slice_s` is set where the stage is looked at over time. The index is filled before the first stage alone.
    """

    name: str
    seconds: float
    rate: float = 0.0
    arrival: Arrival = "poisson"
    concurrent: int = 0
    moments: tuple[float, ...] = ()
    slice_s: float | None = None
    documents: int = 0
    """How many documents the app's indexer is given before it, where an index is searched in it."""
    indexing: float = 0.0
    """How many requests per minute its indexer may send to the embedder while the stage lasts; 0 where it rests."""
    embedding: float = 0.0
    """How many requests the embedder takes in a minute, from queries and indexer; 0 for any number."""

    @property
    def slices(self) -> int:
        """How many slices it has."""
        return max(1, round(self.seconds / self.slice_s)) if self.slice_s else 1


@dataclass(frozen=True)
class Scenario:
    """A load scenario: what it is for, the controls that it proves, and its stages for a declared system."""

    name: str
    title: str
    feeds: tuple[str, ...]
    staged: Callable[[System, Load], Iterator[Stage]]
    kinds: tuple[Kind, ...] = ()
    """The kinds of system that it concerns; none for every kind."""

    def concerns(self, system: System) -> bool:
        """Tell whether a system is of such a kind, or of one that is not declared."""
        return not self.kinds or not system.kinds or bool({*self.kinds} & {*system.kinds})


def chosen(name: str) -> tuple[Scenario, ...]:
    """Return the scenarios that a name asks for: a scenario, a control that one proves, or `all` but the soak."""
    if name == "all":
        return tuple(s for s in SCENARIOS if s.name != "soak")
    short = name.rpartition(".")[2]
    found = tuple(s for s in SCENARIOS if s.name == short or short in (f.rpartition(".")[2] for f in s.feeds))
    if not found:
        names = ", ".join(["all", *(s.name for s in SCENARIOS)])
        raise UsageError(f"there is no load scenario {name!r}", mend=f"choose one of: {names}")
    return found


def stages(scenario: Scenario, system: System, quick: bool = False, seconds: float | None = None) -> tuple[Stage, ...]:
    """Return the stages of a scenario; `seconds` is the length of each, `quick` the most that one may have.

    There are none where an index is to be searched and none is declared. Raises `UsageError` where no load is declared:
    what is expected is the team's to say.
    """
    if system.load is None or system.load.requests_per_minute <= 0:
        raise UsageError(
            "gonogo.yaml does not say what load is expected",
            mend="add load: {requests_per_minute: ..., peak_requests_per_minute: ...} to gonogo.yaml",
        )
    return tuple(
        _cut(s, seconds or (min(s.seconds, QUICK_S) if quick else s.seconds))
        for s in scenario.staged(system, system.load)
    )


def asked(rate: float | None, arrival: Arrival, moments: Sequence[float], seconds: float | None) -> Stage:
    """Return the stage that somebody asks for: so many a second, or moments of a trace, scaled to that rate if given.

    Raises `UsageError` where neither says how many.
    """
    if not moments:
        if rate is None:
            raise UsageError("how many requests a second?", mend="give --rate, or --trace with a file")
        return Stage(name=arrival, rate=rate, arrival=arrival, seconds=seconds or _NORMAL_S)
    span = moments[-1] or 1.0
    scale = len(moments) / span / rate if rate else 1.0
    due = tuple(m * scale for m in moments if seconds is None or m * scale < seconds)
    length = seconds or due[-1] or 1.0
    return Stage(name="trace", rate=len(due) / length, arrival="trace", moments=due, seconds=length)


def _cut(stage: Stage, seconds: float) -> Stage:
    slice_s = None if stage.slice_s is None else max(0.5, min(stage.slice_s, seconds / _SLICES))
    return replace(stage, seconds=seconds, slice_s=slice_s)


def peak_of(load: Load, factor: float = 2.0) -> float:
    """Return the requests per second of the busiest minute: as declared, and no less than `factor` times the usual."""
    return max(load.peak_requests_per_minute or 0.0, factor * load.requests_per_minute) / 60


def _threshold(system: System, control: str, name: str, default: float) -> float:
    """Return a threshold as gonogo.yaml overrides it; the default is the catalogue's."""
    given = system.thresholds.get(control, {}).get(name)
    return float(given) if isinstance(given, int | float) else default


def _load_peak(system: System, load: Load) -> Iterator[Stage]:
    seconds = 60 * _threshold(system, "performance.load-peak", "duration_min", 10)
    factor = _threshold(system, "performance.load-peak", "peak", 2)
    yield Stage(name="expected", rate=load.requests_per_minute / 60, seconds=seconds)
    yield Stage(name="peak", rate=peak_of(load, factor), seconds=seconds)


def _overload(system: System, load: Load) -> Iterator[Stage]:
    recovery = _threshold(system, "performance.overload-recovery", "recovery_s", 60)
    usual = load.requests_per_minute / 60
    yield Stage(name="normal", rate=usual, seconds=_NORMAL_S, slice_s=5)
    yield Stage(name="overload", rate=OVERLOAD * peak_of(load), seconds=2 * recovery, slice_s=5)
    yield Stage(name="after", rate=usual, seconds=recovery + _NORMAL_S, slice_s=5)


def _concurrency(system: System, load: Load) -> Iterator[Stage]:
    required = _threshold(system, "performance.concurrency-stress", "required", 1000)
    if load.concurrent_users:
        factor = _threshold(system, "performance.concurrency-stress", "required_peak_factor", 2)
        required = factor * load.concurrent_users
    for number in sorted({max(1, round(required * share)) for share in _SHARES}):
        yield Stage(name=f"held-{number}", arrival="held", concurrent=number, seconds=_HELD_S)


def _agent_concurrency(system: System, load: Load) -> Iterator[Stage]:
    number = _threshold(system, "agent-reliability.agent-concurrency", "concurrent", 50)
    yield Stage(name=ALONE, arrival="at-once", concurrent=1, seconds=_RUN_S)
    yield Stage(name=TOGETHER, arrival="at-once", concurrent=round(number), seconds=_RUN_S)


def _soak(system: System, load: Load) -> Iterator[Stage]:
    hours = _threshold(system, "performance.soak", "duration_h", 2)
    yield Stage(name="soak", rate=load.requests_per_minute / 60, seconds=3600 * hours, slice_s=60)


def _retrieval(system: System, load: Load) -> Iterator[Stage]:
    if system.indexes:
        yield Stage(name="peak", rate=peak_of(load), seconds=_enough_s(load), documents=_held(system))


def _grown(system: System, load: Load) -> Iterator[Stage]:
    if system.indexes:
        capacity = _threshold(system, "retrieval.vector-db-sized", "capacity", 3)
        documents = math.ceil(capacity * _held(system))
        yield Stage(name="grown", rate=peak_of(load), seconds=_enough_s(load), documents=documents)


def _indexing(system: System, load: Load) -> Iterator[Stage]:
    index = next((i for i in system.indexes if i.ingest), None)
    if index:
        cap, most = index.ingest_requests_per_minute or _UNCAPPED, index.embedding_requests_per_minute or 0.0
        yield Stage(
            name="indexing", rate=peak_of(load), seconds=_enough_s(load), documents=_held(system), indexing=cap,
            embedding=most,
        )  # fmt: skip


def _held(system: System) -> int:
    """Return how many documents the index holds that the lab can fill."""
    return next((i.documents for i in system.indexes if i.ingest), None) or _HANDBOOK


def _enough_s(load: Load) -> float:
    """Return how long it takes at the peak until so many queries have come that a p95 has bounds."""
    return min(_LONGEST_S, max(_NORMAL_S, _QUERIES / peak_of(load)))


_HANDBOOK = 12
"""Documents of the lab itself: what an index holds of which nobody says how many it holds."""
_UNCAPPED = 600.0
"""Requests per minute for which there is work where nobody says how many the indexer may send."""
_QUERIES, _LONGEST_S = 600, 600.0
"""Queries that a stage of retrieval sends, unless that takes longer."""


SCENARIOS = (
    Scenario(
        "load-peak", "the expected load, then that of the busiest minute",
        ("performance.load-peak", "performance.latency-slo", "infrastructure.resources-sized"), _load_peak,
    ),
    Scenario(
        "overload-recovery", "five times the busiest minute, then the usual load again",
        ("performance.overload-recovery",), _overload,
    ),
    Scenario(
        "concurrency-stress", "more and more requests at the same time", ("performance.concurrency-stress",),
        _concurrency,
    ),
    Scenario(
        "agent-concurrency", "runs of an agent, each with a canary of its own, alone and at once",
        ("agent-reliability.agent-concurrency",), _agent_concurrency, kinds=("agent",),
    ),
    Scenario(
        "retrieval-latency", "questions to the index at the load of the busiest minute",
        ("retrieval.retrieval-latency",), _retrieval,
    ),
    Scenario(
        "vector-db-sized", "the same, of an index that has grown to three times its documents",
        ("retrieval.vector-db-sized",), _grown,
    ),
    Scenario(
        "embedding-capacity", "questions at the load of the busiest minute while documents are indexed",
        ("retrieval.embedding-capacity",), _indexing,
    ),
    Scenario("soak", "the expected load for hours", ("performance.soak",), _soak),
)  # fmt: skip
