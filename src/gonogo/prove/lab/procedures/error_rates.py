"""One fault of each type is done to the model, and the app's counters are read after each."""

from __future__ import annotations

from gonogo.prove.lab.metrics import keep
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Script

FAULTS = {
    "server-error": Fault(fault="status", status=500),
    "rate-limited": Fault(fault="status", status=429),
    "timeout": Fault(fault="hang-before-headers"),
    "connection": Fault(fault="reset"),
    "malformed": Fault(fault="malformed"),
}
"""What is done to the model, by the type of error that it is."""


async def play(play: Play) -> None:
    """Read the counters with all well, and after the first journey under each fault."""
    session = play.session
    errors = play.system.telemetry.errors if play.system.telemetry else None
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    read = await keep(play, [errors])
    play.done.append("healthy")
    if not read:
        play.cut["metrics"] = "telemetry.metrics is no route of the service that answers in the Prometheus text format"
        return
    for case, fault in FAULTS.items():
        script = Script(faults=(fault,))
        play.tell(f"{play.scenario.scenario}: {case}")
        session.room.play(play.scenario.scenario, case, script)
        await session.follow(script)
        await play.send(Send(journeys="first"))
        await keep(play, [errors])
        play.done.append(case)
