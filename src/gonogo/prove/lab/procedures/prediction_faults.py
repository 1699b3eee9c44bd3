"""A model that crashes, errs, answers nonsense or takes too long, and then is well again."""

from __future__ import annotations

import asyncio
from typing import Any

from gonogo.facts.declaration import Journey, PredictionEndpoint
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.needs import predicting
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.records import UNSEEN, usual_output
from gonogo.prove.lab.script import Fault, FaultName, Script

_ALERT_S = 0.4
"""How long an alert gets to arrive."""
_INSIDE, _BEYOND = 0.5, 6.0
"""Shares of the limit that a slow model takes."""
_LIMIT_MS = 1000.0
"""The limit where none is declared: the threshold `timeout_ms` of the control."""


async def play(play: Play) -> None:
    """Play every declared endpoint."""
    await play.ready()
    for endpoint, journey in predicting(play.system):
        usual = usual_output(endpoint)
        well: dict[str, Any] = {} if usual is None else {"*": usual}
        await _case(play, journey, "healthy", Script(predictions=well), 2)
        for case, fault in _faults(endpoint):
            await _case(play, journey, case, Script(predictions=well, faults=(fault,)))
        for case, output in _outputs(endpoint):
            await _case(play, journey, case, Script(predictions={"*": output}))
        await _case(play, journey, "recovered", Script(predictions=well))


async def _case(play: Play, journey: Journey, case: str, script: Script, times: int = 1) -> None:
    play.session.room.play(play.scenario.scenario, case, script)
    play.tell(f"{play.scenario.scenario}: {case}")
    for _ in range(times):
        await play.session.ask(ask(journey, play.new_id()))
        play.sent += 1
    if case not in ("healthy", "recovered", "slow-inside", "slow"):  # the next one is to come right after a slow one
        await asyncio.sleep(_ALERT_S)
    if case not in play.done:
        play.done.append(case)


def _faults(endpoint: PredictionEndpoint) -> list[tuple[str, Fault]]:
    limit_s = (endpoint.timeout_ms or _LIMIT_MS) / 1000

    def fault(name: FaultName, **how: Any) -> Fault:
        return Fault(fault=name, boundary="prediction", **how)

    return [
        ("slow-inside", fault("slow-answer", seconds=_INSIDE * limit_s)),
        ("slow", fault("slow-answer", seconds=_BEYOND * limit_s)),
        ("right-after", fault("slow-answer", seconds=0.0)),
        ("crash", fault("reset")),
        ("error", fault("status", status=500, text="expected float64, got object")),
        ("refusal", fault("status", status=400, text="columns are missing: x1")),
        ("null", fault("null-prediction")),
        ("nan", fault("nan-prediction")),
    ]


def _outputs(endpoint: PredictionEndpoint) -> list[tuple[str, Any]]:
    """Return what no prediction of this endpoint can be."""
    found: list[tuple[str, Any]] = [("infinity", float("inf"))]
    if endpoint.classes:
        return [("unknown-class", UNSEEN)]
    if endpoint.output_min is not None:
        found.append(("below", endpoint.output_min - 1 - abs(endpoint.output_min)))
    if endpoint.output_max is not None:
        found.append(("above", endpoint.output_max + 1 + abs(endpoint.output_max)))
    return found
