"""The state of a conversation, by the lab: each request to the model holds what was said before, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import model_behind, of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ModelCall, ScenarioRun

_CASES = ("before", "after")
_DECLARE = "lab: {conversation: {journey: NAME, id: /id, into: /id}} in gonogo.yaml"

Turn = tuple[Journey, ModelCall | None]
"""A turn of a conversation, and the model call whose answer the user got."""


@check("agent-reliability.multi-turn-state", by="lab", scenario="multi-turn-state",
       needs=(Journey, ModelCall, ScenarioRun))  # fmt: skip
def multi_turn_state_by_lab(
    journeys: list[Journey], calls: list[ModelCall], runs: list[ScenarioRun], limits: Any
) -> Answer:
    """Every turn rests on all turns before, once and in order, over a restart, and on none of another conversation."""
    if bad := unhealthy(journeys):
        return bad
    if bad := unplayed(runs, *_CASES):
        return Answer(outcome="inconclusive", summary=bad.summary, fix=_DECLARE)
    turns = of(journeys, *_CASES)
    if not any(j.markers for j in turns):
        return inconclusive("no turn shows the words of the model, so none can be told from the other", turns[:2])
    talks: dict[str, list[Turn]] = {}
    for journey in turns:
        name = journey.exchange.said.partition(",")[0]
        talks.setdefault(name, []).append((journey, model_behind(journey, calls)))
    short = min(map(len, talks.values()))
    if short < limits.turns:
        return inconclusive(f"a conversation of {short} turns was played, and {limits.turns:g} are asked for")
    wrong = [(j, f"{j.exchange.said} {what}") for name in talks for j, what in _errors(name, talks)]
    if len(wrong) > limits.state_errors:
        return failed(
            f"{counted(wrong, 'turn does', 'turns do')} not rest on what was said before, once and in order",
            wrong,
            fix="Store conversations outside the process, by user and conversation, and send the whole upstream in "
            "order.",
        )
    return passed(
        f"{counted(talks, 'conversation', 'conversations')} of {short} turns side by side, and over a restart: every "
        "request held what was said before, once and in order"
    )


def _errors(name: str, talks: dict[str, list[Turn]]) -> Iterator[tuple[Journey, str]]:
    """Yield the turns of a conversation whose request is not what it should be, and in which way."""
    others = [j.exchange.said for other, turns in talks.items() if other != name for j, _ in turns]
    history: list[str] = []
    for number, (journey, by) in enumerate(talks[name], 1):
        if by is None:
            yield journey, f"got no answer of the model; {told(journey)}"
        elif what := _wrong(by, [*history, journey.exchange.said], others):
            yield journey, f"(turn {number}) {what}"
        history += [journey.exchange.said, *([by.marker] if by else [])]


def _wrong(call: ModelCall, history: Sequence[str], others: Sequence[str]) -> str:
    """Say what is wrong with the history in a request; "" where it is whole, in order, and nobody else's."""
    held = [[number for number, turn in enumerate(call.prompt) if text in turn.text] for text in history]
    if mixed := [text for text in others if any(text in turn.text for turn in call.prompt)]:
        return f"was sent with the words of another conversation: {mixed[0]}"
    if missing := [text for text, where in zip(history, held, strict=True) if not where]:
        return f"was sent without: {missing[0]}"
    if twice := [text for text, where in zip(history, held, strict=True) if len(where) > 1]:
        return f"was sent with something twice: {twice[0]}"
    places = [(where[0], call.prompt[where[0]].text.index(text)) for text, where in zip(history, held, strict=True)]
    return "" if places == sorted(places) else "was sent with what was said before in another order"
