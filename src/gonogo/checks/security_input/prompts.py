"""How users' words stand in what a model is sent, by the lab."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

_MARK = re.compile(r"[\w-]*\d[\w-]{5,}")
"""A word that can be a request's own: with a digit in it, and not short."""
NEAR = 100
"""Characters before and after the user's words in which a delimiter is looked for."""
WORDS = 3
"""Words that make an instruction."""


@dataclass(frozen=True)
class Fence:
    """What stands around the user's words: instructions before and after, and the marks on both sides."""

    before: bool
    after: bool
    marks: frozenset[str]


@check("security-input.sandwich-prompting", by="lab", scenario="sandwich-prompting", needs=(Journey, ScenarioRun))
def sandwich_prompting_by_lab(journeys: list[Journey], runs: list[ScenarioRun]) -> Answer:
    """The user's words stand between marks that no other request has, with instructions before and after them."""
    if bad := unhealthy(journeys) or unplayed(runs, "fenced"):
        return bad
    sent = of(journeys, "fenced")
    fences = [(j, fence) for j in sent if (fence := _fence(j))]
    if len(fences) < 2:
        return inconclusive("the user's words were not found in what the model was sent", sent)
    open_sides = [(j, f) for j, f in fences if not (f.before and f.after)]
    if open_sides:
        side = "before" if not open_sides[0][1].before else "after"
        return failed(f"no instruction stands {side} the user's words", [j for j, _ in open_sides])
    unmarked = [j for j, f in fences if not f.marks]
    if unmarked:
        return failed(
            "no mark of the request's own stands on both sides, so a user can type what ends the words", unmarked
        )
    again = [j for (_, a), (j, b) in combinations(fences, 2) if a.marks & b.marks]
    if again:
        return failed("the mark around the user's words is the same in every request, so a user can type it", again)
    return passed(f"in {counted(fences, 'request', 'requests')} the user's words stand between marks of their own")


def _fence(journey: Journey) -> Fence | None:
    """Return what stands around the words of the user in the first model call, None where they are not in it."""
    said = journey.exchange.said
    prompt = journey.calls[0].prompt if journey.calls else ()
    for place, turn in enumerate(prompt):
        before, found, after = turn.text.partition(said)
        if not (said and found):
            continue
        marks = frozenset(_MARK.findall(before[-NEAR:])) & frozenset(_MARK.findall(after[:NEAR]))
        outside = after
        for mark in marks:
            outside = outside.rpartition(mark)[2]
        return Fence(
            before=any(len(t.text.split()) >= WORDS for t in prompt[:place]) or len(before.split()) >= WORDS,
            after=len(outside.split()) >= WORDS or any(len(t.text.split()) >= WORDS for t in prompt[place + 1 :]),
            marks=marks,
        )
    return None
