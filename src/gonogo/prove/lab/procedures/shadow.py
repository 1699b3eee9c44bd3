"""Rounds of requests without and with a shadow, and then a shadow that is slow, that fails, and that calls tools."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from gonogo.facts.declaration import NewVersion, PredictionEndpoint
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import other_output, usual_output
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Fault, Script

_ROUNDS, _TIMES, _FEW = 3, 15, 4
_SLOW_S = 1.0
_LATE_S = 1.2
"""How long a copy may be under way after the last request."""


async def play(play: Play) -> None:
    """Play the rounds in turn, so that what else the machine does meets both kinds alike."""
    await play.ready()
    deployment = play.system.deployment
    new = deployment.shadow if deployment else None
    assert new is not None  # noqa: S101  (the scenario needs it)
    script = _script(play, new)
    for number in range(_ROUNDS):
        if number:
            await play.anew({})
        await _case(play, "healthy", script, _TIMES)
        await play.anew(new.environment)
        await _case(play, "shadow", script, _TIMES)
    for case, fault in (("slow", "slow-answer"), ("error", "status"), ("reset", "reset")):
        faults = tuple(
            Fault(fault=fault, boundary=boundary, models=(new.model,), seconds=_SLOW_S)  # type: ignore[arg-type]
            for boundary in ("model", "prediction")
        )
        await _case(play, case, dataclasses.replace(script, faults=faults), _FEW)
    if play.system.tools:
        asks = Answer(models=(new.model,), tool="*", once=True)
        await _case(play, "tool", dataclasses.replace(script, answers=(asks, *script.answers)), _FEW)


async def _case(play: Play, case: str, script: Script, times: int) -> None:
    play.session.room.play(play.scenario.scenario, case, script)
    play.tell(f"{play.scenario.scenario}: {case}")
    await play.send(Send(journeys="first", times=times))
    await asyncio.sleep(0.0 if case == "healthy" else _LATE_S)
    if case not in play.done:
        play.done.append(case)


def _script(play: Play, new: NewVersion) -> Script:
    """Let the new version say something else than the one in use."""
    endpoints: list[PredictionEndpoint] = [e for e, _ in predicting(play.system)]
    outputs: dict[str, Any] = {}
    if endpoints and (usual := usual_output(endpoints[0])) is not None:
        outputs = {"*": usual, new.model: other_output(endpoints[0])}
    said = Answer(models=(new.model,), text="{marker} This is what the new version says.")
    return Script(predictions=outputs, answers=(said,))
