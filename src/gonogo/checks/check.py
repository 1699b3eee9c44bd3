"""What a check is: a pure function from the facts that it asks for to an answer.

    @check("rollout.model-pinned", by="scan", needs=(SourceTree, ModelCallSite))
    def model_pinned(trees, sites, limits): ...

The function gets one list per class in `needs`, in that order, and `limits` where it has a parameter of that name; a
parameter `others` gets a function from the id of another control to its outcome, judged of the same facts, or None
where there is no such control. It never sees other facts, the clock or the disk. It answers with one of the five
functions below; a required class without a single fact (`needs`, unless listed in `optional`) is answered with
`not-collected` before it is called.

A check of the lab names its `scenario` and gets what was seen in that scenario alone. Where the scenario was not
played, or could not be, it is not called: the answer is `not-collected`, or `inconclusive` with the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from gonogo.derive.factset import Needed
from gonogo.derive.journeys import Journey
from gonogo.facts import Evidence, Exchange, Fact, Method, Outcome, Seen


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a check says; `judge` adds the control's name and severity and makes a `Finding` of it.

    `seen_at` is the age of what it rests on, where that is not the oldest of the facts that it was given.
    """

    outcome: Outcome
    summary: str
    evidence: tuple[Evidence, ...] = ()
    fix: str | None = None
    sample: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Check:
    """A registered check. Calling it calls the function."""

    control: str
    by: Method
    needs: tuple[Needed, ...]
    function: Callable[..., Answer]
    optional: frozenset[Needed] = field(default_factory=frozenset)
    wants_limits: bool = False
    wants_others: bool = False
    scenario: str | None = None

    def __call__(self, *facts: Any, **named: Any) -> Answer:
        """Judge."""
        return self.function(*facts, **named)


def check(
    control: str,
    *,
    by: Method,
    needs: Iterable[Needed],
    optional: Iterable[Needed] = (),
    scenario: str | None = None,
) -> Callable[[Callable[..., Answer]], Check]:
    """Declare a check of `control` for its proof `by`. `optional` are classes of `needs` that may well be empty.

    `scenario` is the scenario of the lab that it judges.
    """

    def declare(function: Callable[..., Answer]) -> Check:
        return Check(
            control=control,
            by=by,
            needs=tuple(needs),
            function=function,
            optional=frozenset(optional),
            wants_limits="limits" in inspect.signature(function).parameters,
            wants_others="others" in inspect.signature(function).parameters,
            scenario=scenario,
        )

    return declare


Others = Callable[[str], Outcome | None]
"""The outcome of another control, judged of the same facts; None where there is no such control."""

Shown = Sequence[Fact | Journey | Evidence | tuple[Fact | Journey, str]]


def _evidence(shown: Shown) -> tuple[Evidence, ...]:
    made = []
    for item in shown:
        if isinstance(item, Evidence):
            made.append(item)
            continue
        fact, detail = item if isinstance(item, tuple) else (item, "")
        journey = fact.exchange.journey if isinstance(fact, Journey) else getattr(fact, "journey", "")
        fact = fact.exchange if isinstance(fact, Journey) else fact
        if isinstance(fact, Seen):
            made.append(Evidence(fact.path, fact.line, detail))
        elif isinstance(fact, Exchange):
            made.append(Evidence(f"{fact.method} {fact.url}", None, detail, journey))
        else:
            made.append(Evidence(getattr(fact, "path", None) or None, None, detail, journey))
    return tuple(made)


def passed(summary: str, shown: Shown = ()) -> Answer:
    """It was seen to hold."""
    return Answer(outcome="pass", summary=summary, evidence=_evidence(shown))


def failed(summary: str, shown: Shown, fix: str | None = None) -> Answer:
    """It was seen not to hold; `fix` replaces the catalogue's where the facts allow a more exact one."""
    return Answer(outcome="fail", summary=summary, evidence=_evidence(shown), fix=fix)


def inconclusive(summary: str, shown: Shown = (), fix: str | None = None) -> Answer:
    """It was looked at and cannot be told: a value that cannot be resolved, a control run that failed."""
    return Answer(outcome="inconclusive", summary=summary, evidence=_evidence(shown), fix=fix)


def not_collected(summary: str, fix: str | None = None) -> Answer:
    """Nobody looked."""
    return Answer(outcome="not-collected", summary=summary, fix=fix)


def not_applicable(summary: str, shown: Shown = ()) -> Answer:
    """The facts show that the question does not arise."""
    return Answer(outcome="not-applicable", summary=summary, evidence=_evidence(shown))
