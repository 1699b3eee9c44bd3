"""What the app does when the model fails: how often it asks again, how long it takes, what it costs, what users get.

Retry amplification is the number of model calls that one user action makes on a dead provider: SDK, framework and app
each try again, and their tries multiply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gonogo.derive.journeys import Journey, gaps


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """How one journey reacted to one kind of trouble; of several playings the worst counts. Times are in seconds."""

    journey: str
    trouble: str
    calls: int
    gaps: tuple[float, ...]
    seconds: float
    usd: float
    got: str
    said: str


def reactions(journeys: Iterable[Journey]) -> list[Reaction]:
    """Return one reaction for each journey and kind of trouble that it met, in the order in which they were met."""
    found: dict[tuple[str, str], Reaction] = {}
    for journey in journeys:
        if not journey.hit or journey.exchange.purpose != "journey":
            continue
        made = _reaction(journey)
        before = found.get((made.journey, made.trouble))
        if before is None or (made.calls, made.seconds) > (before.calls, before.seconds):
            found[made.journey, made.trouble] = made
    return list(found.values())


def _reaction(journey: Journey) -> Reaction:
    met = next(c for c in journey.all_calls if c.fault)
    trouble = f"{met.status}" if met.fault == "status" else met.fault or ""
    return Reaction(
        journey=journey.exchange.name,
        trouble=trouble,
        calls=len(journey.calls),
        gaps=tuple(round(g, 2) for g in gaps(journey.calls)),
        seconds=round(journey.seconds, 2),
        usd=journey.usd,
        got=_got(journey),
        said=" ".join((journey.exchange.answer or journey.exchange.body).split())[:80],
    )


def _got(journey: Journey) -> str:
    e = journey.exchange
    if e.ended == "timeout":
        return "nothing in time"
    if e.error:
        return "broken off"
    if journey.answered:
        return "another model's answer" if journey.fell_back else "answer"
    if e.exit_code:
        return f"error, exit code {e.exit_code}"
    if journey.refused:
        return f"error {e.status}"
    return "masked outage" if journey.masked else "error in words"
