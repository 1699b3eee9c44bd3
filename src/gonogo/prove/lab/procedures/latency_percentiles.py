"""A known mix of latencies is served by the model, and the app's own percentiles are read afterwards."""

from __future__ import annotations

from gonogo.errors import CollectError
from gonogo.prove.lab.metrics import keep
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

CASE = "mix"
_MIX = ((30, 0.4), (15, 1.0), (3, 2.0), (2, 3.0))
"""Requests, and the seconds that the model takes for each: p50, p95 and p99 lie well within one of them."""
_PARALLEL = 10
_LONGEST_SHARE = 0.6
"""Of a journey's deadline: the mix is made faster where the slowest would not be in time."""


async def play(play: Play) -> None:
    """Send the first journey, and the first that streams, in the mix: whole answers are late, or first tokens."""
    session, scenario = play.session, play.scenario.scenario
    more = dict(play.system.load.environment) if play.system.load else {}
    session.room.play(scenario, "healthy", Script())
    begun = await session.start(more=more)
    if begun.ready_s is None:
        raise CollectError(session.unready(begun))
    await play.send(Send())
    telemetry = play.system.telemetry
    metrics = (telemetry.latency, telemetry.first_token) if telemetry else ()
    read = await keep(play, metrics)
    play.done.append("healthy")
    if not read:
        play.cut["metrics"] = "telemetry.metrics is no route of the service that answers in the Prometheus text format"
        return
    chosen = {j.name: j for j in (play.system.journeys[0], *(j for j in play.system.journeys if j.streams)) if j.path}
    for journey in list(chosen.values())[:2]:
        scale = min(1.0, _LONGEST_SHARE * journey.deadline_s / _MIX[-1][1])
        fault = "slow-first-token" if journey.streams else "slow-answer"
        for number, seconds in _MIX:
            script = Script(faults=(Fault(fault=fault, seconds=seconds * scale),))  # type: ignore[arg-type]
            session.room.play(scenario, CASE, script)
            before = play.only_journey
            play.only_journey = journey.name
            await play.send(Send(times=number, parallel=_PARALLEL))
            play.only_journey = before
    await keep(play, metrics)
    play.done.append(CASE)
