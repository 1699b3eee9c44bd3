"""Scaling, by the lab: a conversation goes on whichever instance answers, and when one of them is gone."""

from __future__ import annotations

from typing import Any

from gonogo.checks.check import Answer, check, failed, inconclusive, passed
from gonogo.checks.counts import counted
from gonogo.checks.journeys import of, told, unhealthy, unplayed
from gonogo.derive.journeys import Journey
from gonogo.facts import ScenarioRun

_HOW = {"two": "with two instances in turn", "killed": "after one of them was killed"}


@check("infrastructure.stateless-scaling", by="lab", scenario="stateless-scaling", needs=(Journey, ScenarioRun))
def stateless_scaling_by_lab(journeys: list[Journey], runs: list[ScenarioRun], limits: Any) -> Answer:
    """With two instances, and with one of them killed, each turn rests on the same turns before as with one."""
    if bad := unhealthy(journeys):
        return bad
    if bad := unplayed(runs, "one", *_HOW):
        return Answer(
            outcome="inconclusive", summary=bad.summary,
            fix="service: {port_variable: NAME}, lab: {conversation: {journey: NAME, id: /id, into: /id}}, and what "
            "instances share: lab: {shared: [DIRECTORY]} in gonogo.yaml",
        )  # fmt: skip
    alone, together = of(journeys, "one"), of(journeys, *_HOW)
    if forgotten := _lost(alone, alone):
        return inconclusive(
            "with one instance, too, a turn does not rest on those before, so nothing could be lost with two",
            forgotten[:2],
            fix="correct lab.conversation in gonogo.yaml",
        )
    lost = _lost(together, alone)
    if len(lost) > limits.lost_state:
        how = _HOW[lost[0].case]
        return failed(
            f"{how} {counted(lost, 'turn does', 'turns do')} not rest on what was said before",
            [(j, f"{j.exchange.said} {told(j)}") for j in lost],
            fix="Move sessions and uploads out of the process, and off its own disk.",
        )
    how = f"{_HOW['two']} and {_HOW['killed']}"
    return passed(f"{counted(together, 'turn', 'turns')} {how}, each resting on all before, as with one")


def _lost(journeys: list[Journey], alone: list[Journey]) -> list[Journey]:
    """Return the turns that got no answer, or whose model was not told each turn before."""
    turns = [j.exchange.said for j in alone]
    return [j for number, j in enumerate(journeys) if not j.answered or not _knows(j, turns[:number])]


def _knows(journey: Journey, turns: list[str]) -> bool:
    said = " ".join(turn.text for call in journey.calls for turn in call.prompt)
    return all(turn in said for turn in turns)
