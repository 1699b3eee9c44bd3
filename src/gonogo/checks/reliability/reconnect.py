"""Streams that a client comes back to, by the lab: it gets the rest or the same answer, and nothing is made twice."""

from __future__ import annotations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

_CASES = {"half-way": "half-way", "at-its-end": "before its end"}


@check("reliability.stream-reconnect", by="lab", scenario="stream-reconnect", needs=(Journey, ScenarioRun))
def stream_reconnect_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """A client that lost a stream gets the rest of it, or all of it again, from one generation."""
    if bad := unhealthy(journeys) or unplayed(runs, *_CASES):
        return bad
    for case, when in _CASES.items():
        mine = of(journeys, case)
        firsts, backs = [j for j in mine if not j.exchange.said], [j for j in mine if j.exchange.said]
        for first, back in zip(firsts, backs, strict=True):
            if gap := _lost(first, back, when, whole=case == "at-its-end"):
                return gap
    return passed(
        "a client that lost a stream half-way or before its end got what it lacked, without a second generation"
    )


def _lost(first: Journey, back: Journey, when: str, whole: bool) -> Answer | None:
    """Say what is wrong with how a client came back; None where nothing is."""
    calls = [c for c in (*first.calls, *back.calls) if c.operation == "chat"]
    if not first.calls or (first.exchange.ended == "left") is whole:
        return inconclusive(f"the stream was not lost {when}", [(first, told(first))])
    if len(calls) > 1:
        return failed(
            f"a client that lost its stream {when} causes a second generation",
            [(back, told(back)), (first, told(first))],
        )
    made, before, after = (_bare(text) for text in (calls[0].answer, first.exchange.answer, back.exchange.answer))
    if back.well_formed and after and (after == made or _rest(made, before, after, whole)):
        return None
    return failed(
        f"a client that lost its stream {when} does not get what it lacks",
        [(back, f"{told(back)}: {back.exchange.answer[:80]!r}"), (first, told(first))],
    )


def _rest(made: str, before: str, after: str, whole: bool) -> bool:
    """Tell whether the second part goes on where the first ended, or, where that was whole, is its end."""
    return made.endswith(after) if whole else before + after == made


def _bare(text: str) -> str:
    """Return a text without blanks, which pieces of a stream may have lost at their edges."""
    return "".join(text.split())
