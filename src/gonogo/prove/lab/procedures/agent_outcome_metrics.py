"""Runs with known outcomes are made, and the app's counters are read after each; then no run is done any more."""

from __future__ import annotations

from gonogo.derive.scope import beyond, served, within
from gonogo.facts import AppLog, ModelCall, System, ToolCall
from gonogo.facts.declaration import Tool
from gonogo.prove.drive.clock import MEND
from gonogo.prove.lab.declared_tools import acting, calling, progressing
from gonogo.prove.lab.metrics import keep
from gonogo.prove.lab.passing import begun
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Fault, Script
from gonogo.prove.lab.tasks import ANY, Tasks

STEADY, FALL = "steady", "fall"
_RUNS = 3
"""Runs with each outcome."""
_STEPS, _SLOW_S, _LONGEST_S = 60, 1.8, 330.0
_TICKS, _TICK_S, _EACH = 6, 1800.0, 20
"""The steps of the steady hours, and how many runs each has, of which one fails."""
_AT_ONCE = 10


async def play(play: Play) -> None:
    """Play the known outcomes, and then the fall of completion under a clock that is set."""
    tasks, telemetry = Tasks(play), play.system.telemetry
    counters = [telemetry.runs, telemetry.tool_calls] if telemetry else []
    await play.ready()
    await tasks.task("healthy", ANY)
    read = await keep(play, counters)
    play.done.append("healthy")
    if not read:
        play.cut["metrics"] = "telemetry.metrics is no route of the service that answers in the Prometheus text format"
        return
    tool = acting(play.system)
    if tool is None:
        play.cut["success"] = "no tool is declared, with an example, that acts without a person's approval"
        return
    for case, (answers, fault) in outcomes(play, tool).items():
        if play.quick and case == "timeout":
            play.cut[case] = "left out by --quick"
            continue
        tasks.begin(case, *answers, faults=[fault] if fault else [], tools=progressing(play.system))
        await play.send(Send(journeys="first", times=_RUNS, parallel=_RUNS, deadline_s=_LONGEST_S))
        await keep(play, counters)
        play.done.append(case)
    await _completion(play)


def outcomes(play: Play, tool: Tool) -> dict[str, tuple[list[Answer], Fault | None]]:
    """Return, by outcome, how the model answers and what goes wrong."""
    room = play.session.room
    once, again = calling(room, tool, tool.example), calling(room, tool, tool.example, repeat=True)
    endless = [calling(room, tool, within(tool, "of step {n}"), turn=n, repeat=True) for n in range(_STEPS)]
    return {
        "success": ([once], None),
        "tool-error": ([once], Fault(fault="error-result", boundary="tool")),
        "loop": ([again], None),
        "safety-block": ([_forbidden(play)], None),
        "timeout": (endless, Fault(fault="slow-answer", seconds=_SLOW_S)),
    }


def _forbidden(play: Play) -> Answer:
    """Return a call that is out of its tool's scope, or else one of a tool that nobody offers."""
    system: System = play.system
    found = next(((t, arguments) for t in served(system.tools) for arguments in beyond(t)), None)
    if found is None:
        return Answer(tool="admin_reset", unoffered=True)
    return calling(play.session.room, *found, unoffered=True)


async def _completion(play: Play) -> None:
    """Let some hours pass in which few runs fail, and then let all of them fail."""
    session, scenario = play.session, play.scenario.scenario
    clock = session.clock()
    if clock is None:
        play.cut[STEADY] = f"the clock of the app cannot be set here; {MEND}"
        return
    line = await begun(play, clock)
    for _ in range(_TICKS):
        session.room.play(scenario, STEADY, Script(faults=(Fault(fault="status", status=500, count=1),)))
        await line.step(_TICK_S, times=_EACH)
    play.done.append(STEADY)
    await line.until_told(FALL, Script(faults=(Fault(fault="status", status=500),)), times=_AT_ONCE)
    _forget_calls(play)


def _forget_calls(play: Play) -> None:
    """Keep of many runs that are alike how each ended for its user."""
    room = play.session.room
    many = (STEADY, FALL)
    room.facts = [f for f in room.facts if not (isinstance(f, ModelCall | ToolCall | AppLog) and f.case in many)]
