"""The store, and then the embedder, fail, hang and come back, while questions are asked and readiness is watched."""

from __future__ import annotations

import asyncio
from time import monotonic

from gonogo.facts import ChannelMessage, ModelCall
from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Fault, Script

_DETECT_S = 60.0
"""The threshold `detect_s` of the control."""
_ALERT_S = 300.0
"""The threshold `error_for_min`, in seconds."""
_QUICK_ALERT_S = 20.0
_EVERY_S = 1.0
_DEADLINE_S = 8.0
_FAULTS: dict[str, dict[str, Fault]] = {
    "store": {
        "fails": Fault(fault="status", boundary="retrieval", operations=("*",)),
        "hangs": Fault(fault="hang-before-headers", boundary="retrieval", operations=("*",)),
    },
    "embedder": {
        "fails": Fault(fault="status", operations=("embeddings",)),
        "hangs": Fault(fault="hang-before-headers", operations=("embeddings",)),
    },
}


async def play(play: Play) -> None:
    """Play all well, and then each outage until readiness and an alert told of it, with the recovery after each."""
    room = play.session.room
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await _round(play)
    play.done.append("healthy")
    embeds = any(isinstance(f, ModelCall) and f.operation == "embeddings" for f in room.facts)
    for component in ("store", "embedder") if embeds else ("store",):
        for how, fault in _FAULTS[component].items():
            name = f"{component} {how}"
            if not await _until(play, name, Script(faults=(fault,)), wanted=False):
                play.cut[f"{name}, back"] = f"nobody was told that the {component} {how}"
                break  # the other ways to fail would be waited for as long
            await _until(play, f"{name}, back", Script(), wanted=True)


async def _until(play: Play, case: str, script: Script, *, wanted: bool) -> bool:
    """Ask until readiness says what is `wanted`, and of an outage until an alert arrived as well; tell if all came."""
    room = play.session.room
    room.play(play.scenario.scenario, case, script)
    play.tell(f"{play.scenario.scenario}: {case}")
    began, told = monotonic(), False
    alert_s = _QUICK_ALERT_S if play.quick else _ALERT_S
    while True:
        told = await _round(play) is wanted or told
        alerted = wanted or any(isinstance(f, ChannelMessage) and f.case == case for f in room.facts)
        if (told and alerted) or monotonic() - began > (alert_s if told else _DETECT_S):
            break
        await asyncio.sleep(_EVERY_S)
    if not alerted and play.quick:
        play.cut[case] = f"--quick waited {_QUICK_ALERT_S:g} s for an alert"
    else:
        play.done.append(case)
    return told and alerted


async def _round(play: Play) -> bool:
    """Ask a question, and then whether the service is ready."""
    session, service = play.session, play.system.service
    await session.ask(ask(play.system.journeys[0], play.new_id(), deadline_s=_DEADLINE_S))
    play.sent += 1
    path = (service and (service.ready or service.health)) or "/"
    came = await session.ask(
        Ask(id=play.new_id(), name="ready", method="GET", path=path, deadline_s=5, said="ready"), "health"
    )
    return came.status is not None and came.status < 400
