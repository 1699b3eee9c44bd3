"""Calls on record from a deployment: what users really caused there, as against what the lab sent."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from gonogo.derive.factset import FactSet
from gonogo.facts import Fact, ModelCall, Prediction

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
GAP = timedelta(days=1)
"""How long records may be silent at either end of a period and still tell of it."""


@dataclass(frozen=True, kw_only=True)
class RecordedCall:
    """One call of a model in a deployment. `task` is what it was made for, "" where the call does not say.

    `environment` and `code`, the fingerprint of the code that made it, are those of the run of records that holds it.
    """

    trace: str | None
    seen_at: datetime
    task: str
    run: str
    environment: str | None
    code: str | None

    made_of: ClassVar[tuple[type[Fact], ...]] = (ModelCall, Prediction)
    """The facts that they are derived from."""

    @classmethod
    def derive(cls, facts: FactSet) -> list[RecordedCall]:
        """Return the calls that runs of the method `records` hold, in order of time."""
        runs = {run.run: run for run in facts.ran("records")}
        seen: list[ModelCall | Prediction] = [*facts.of(ModelCall), *facts.of(Prediction)]
        calls = [call for call in seen if call.run in runs]
        return [
            cls(
                trace=call.trace,
                seen_at=call.seen_at,
                task=_task(call),
                run=call.run,
                environment=runs[call.run].environment,
                code=runs[call.run].subject.fingerprints.get("code"),
            )
            for call in sorted(calls, key=lambda call: call.seen_at)
        ]


def _task(call: ModelCall | Prediction) -> str:
    if isinstance(call, Prediction):
        return call.endpoint
    return call.labels.get("task") or call.labels.get("feature") or ""


def within(calls: Iterable[RecordedCall], start: datetime, end: datetime) -> list[RecordedCall]:
    """Return the calls from `start` up to, and without, `end`."""
    return [call for call in calls if start <= call.seen_at < end]


def tell_of(calls: Sequence[RecordedCall], start: datetime, end: datetime) -> bool:
    """Say whether ordered records reach over a whole period: from its first day to its last."""
    return bool(calls) and calls[0].seen_at <= start + GAP and calls[-1].seen_at >= end - GAP


def by_task(calls: Iterable[RecordedCall]) -> dict[str, int]:
    """Return how many calls were made for each task."""
    return dict(Counter(call.task for call in calls))


def hourly_floor(calls: Sequence[RecordedCall], start: datetime, end: datetime) -> int:
    """Return the fewest calls in any hour of a period."""
    hours = Counter((call.seen_at - start) // HOUR for call in within(calls, start, end))
    return min((hours[hour] for hour in range((end - start) // HOUR)), default=0)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Interactions (trace ids) that were drawn from `population` ones by `seed`, the digest of all of them."""

    seed: str
    population: int
    drawn: tuple[str, ...]


def sample(calls: Iterable[RecordedCall], start: datetime, end: datetime, size: int) -> Sample:
    """Draw interactions from the records of a period, so that nobody can choose which.

    The order is that of a hash over the digest of all interactions of the period and the interaction's own id: who has
    the same records draws the same sample, and another seed would need other records.
    """
    traces = sorted({call.trace for call in within(calls, start, end) if call.trace})
    seed = hashlib.sha256("\n".join(traces).encode()).hexdigest()
    ranked = sorted(traces, key=lambda trace: hashlib.sha256(f"{seed} {trace}".encode()).digest())
    return Sample(seed=f"sha256:{seed}", population=len(traces), drawn=tuple(ranked[:size]))
