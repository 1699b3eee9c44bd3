"""Journeys: one request into the app, plus every call that it caused, in the order in which they were made.

"The client retried" is not the claim to prove; "the user got an answer in time" is. An answer reached the user where
the marker of a model's answer is found in it: the HTTP status alone is no oracle, since apps answer 200 with an empty
or made-up text while the provider is dead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import ClassVar

from gonogo.derive.factset import FactSet
from gonogo.facts import Exchange, Fact, ModelCall, Prediction, Retrieval, ToolCall, Traffic

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Journey:
    """An exchange at the app's own edge and the calls it caused, each list in order of time.

    `healthy` are the answers that the same journey got in cases without a fault, for comparison.
    """

    exchange: Exchange
    calls: tuple[ModelCall, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    retrievals: tuple[Retrieval, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    healthy: tuple[Exchange, ...] = field(default=(), repr=False)

    made_of: ClassVar[tuple[type[Fact], ...]] = (Exchange, ModelCall, ToolCall, Retrieval, Prediction)
    """The facts that journeys are derived from."""

    @classmethod
    def derive(cls, facts: FactSet) -> list[Journey]:
        """Return every journey among `facts`, in the order they were sent; exchanges of a probe are none."""
        calls: dict[str, list[Traffic]] = {}
        for kind in (ModelCall, ToolCall, Retrieval, Prediction):
            for call in facts.of(kind):
                calls.setdefault(call.journey, []).append(call)
        sent = [e for e in facts.of(Exchange) if e.journey]
        healthy: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in sent:
            if not any(c.fault for c in calls.get(exchange.journey, ())) and exchange.case in HEALTHY:
                healthy.setdefault((exchange.scenario, exchange.name), []).append(exchange)
        return [
            _joined(exchange, calls.get(exchange.journey, ()), healthy.get((exchange.scenario, exchange.name), ()))
            for exchange in sorted(sent, key=lambda e: e.started_s)
        ]

    @property
    def run(self) -> str:
        """The run that it was seen in."""
        return self.exchange.run

    @property
    def seen_at(self) -> datetime:
        """When it was sent."""
        return self.exchange.seen_at

    @property
    def scenario(self) -> str:
        """The scenario that it belongs to."""
        return self.exchange.scenario

    @property
    def case(self) -> str:
        """The case of the scenario."""
        return self.exchange.case

    @property
    def seconds(self) -> float:
        """How long the user waited."""
        return self.exchange.elapsed_ms / 1000

    @property
    def refused(self) -> bool:
        """The app said that it could not: an HTTP error, or a command that failed."""
        e = self.exchange
        return (e.status is not None and e.status >= 400) or bool(e.exit_code)

    @property
    def well_formed(self) -> bool:
        """Something whole came back that does not call itself an error."""
        e = self.exchange
        return e.error is None and e.ended in ("", "complete") and not self.refused

    @property
    def markers(self) -> frozenset[str]:
        """The markers of model answers that are in what the user got."""
        return frozenset(m.canary or "" for m in self.exchange.matches if m.detector == "marker")

    @property
    def answered_by(self) -> ModelCall | None:
        """The last model call whose own answer reached the user, None where none can be seen to."""
        found = [call for call in self.calls if call.marker and call.marker in self.markers]
        return found[-1] if found else None

    @property
    def answered(self) -> bool:
        """The user got an answer of a model.

        Seen by the marker. Where healthy answers of this journey show no marker either (the app makes something else of
        the model's words), a whole answer counts that is not much shorter than the shortest healthy one.
        """
        if not self.well_formed:
            return False
        if self.answered_by is not None:
            return True
        shows = any(m.detector == "marker" for e in self.healthy for m in e.matches)
        if shows or not self.healthy:
            return False
        return len(_flat(self.exchange.answer)) * 2 >= min(len(_flat(e.answer)) for e in self.healthy) > 0

    def answered_within(self, seconds: float) -> bool:
        """The user got an answer of a model in time."""
        return self.answered and self.seconds <= seconds

    def ended_within(self, seconds: float) -> bool:
        """The user got something whole, an answer or an error of the app's own, in time."""
        e = self.exchange
        return e.error is None and e.ended in ("", "complete") and self.seconds <= seconds

    def met(self, fault: str) -> bool:
        """One of its calls met this fault."""
        return any(c.fault == fault for c in self.all_calls)

    @property
    def hit(self) -> bool:
        """One of its calls met any fault."""
        return any(c.fault for c in self.all_calls)

    @property
    def all_calls(self) -> Sequence[Traffic]:
        """Every call over any boundary."""
        return (*self.calls, *self.tools, *self.retrievals, *self.predictions)

    @property
    def masked(self) -> bool:
        """A masked outage: every model call failed, and yet the app answered as if nothing had happened.

        An answer that differs in no way from the form of a healthy one, and holds nothing of any model. What the app
        says in its own words about its trouble is told apart by `checks`, against the declared degraded mode.
        """
        failed = [c for c in self.calls if c.operation == "chat"]
        return bool(failed) and all(c.fault for c in failed) and self.well_formed and self.answered_by is None

    @property
    def attempts(self) -> list[list[ModelCall]]:
        """Its chat calls in groups of attempts at the same thing: equal prompt, whatever the model."""
        groups: dict[str, list[ModelCall]] = {}
        for call in self.calls:
            if call.operation in ("chat", "embeddings"):
                groups.setdefault(call.fingerprint or str(call.order), []).append(call)
        return list(groups.values())

    @property
    def fell_back(self) -> bool:
        """After a call that failed, another model (or protocol) was asked and its answer reached the user."""
        answer = self.answered_by
        if answer is None:
            return False
        before = [c for c in self.calls if c.fault and c.order < answer.order]
        return any((c.model, c.protocol) != (answer.model, answer.protocol) for c in before)

    @property
    def usd(self) -> float:
        """What its model calls cost, by the prices of the answers; 0 where no price is known."""
        return sum(c.usd or 0.0 for c in self.calls)


HEALTHY = ("healthy", "control")
"""Names of cases in which nothing goes wrong."""


def gaps(calls: Sequence[Traffic]) -> list[float]:
    """Return the seconds between the end of each call and the beginning of the next."""
    ordered = sorted(calls, key=lambda c: c.started_s)
    return [
        max(0.0, after.started_s - before.started_s - (before.ended_s or 0.0)) for before, after in pairwise(ordered)
    ]


def growing(waits: Sequence[float], factor: float) -> bool:
    """Whether gaps grow, with jitter: the last is longer than the first by half of what the factor would make it.

    Full jitter draws each gap anew between nothing and the limit, so single gaps may shrink.
    """
    return waits[-1] >= waits[0] * max(1.2, factor ** (len(waits) - 1) * 0.5)


def _joined(exchange: Exchange, calls: Iterable[Traffic], healthy: Iterable[Exchange]) -> Journey:
    ordered = sorted(calls, key=lambda c: (c.started_s, c.order))
    return Journey(
        exchange=exchange,
        calls=tuple(c for c in ordered if isinstance(c, ModelCall)),
        tools=tuple(c for c in ordered if isinstance(c, ToolCall)),
        retrievals=tuple(c for c in ordered if isinstance(c, Retrieval)),
        predictions=tuple(c for c in ordered if isinstance(c, Prediction)),
        healthy=tuple(healthy),
    )


def _flat(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
