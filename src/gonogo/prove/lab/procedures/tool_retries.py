"""A tool fails once, twice and for good, with errors that pass and that stay; one with effects loses its answer."""

from __future__ import annotations

from gonogo.derive.approvals import sensitive
from gonogo.derive.scope import served
from gonogo.facts.declaration import Tool
from gonogo.prove.lab.declared_tools import calling, offered
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Answer, Fault
from gonogo.prove.lab.tasks import ANY, Tasks


async def play(play: Play) -> None:
    """Play a tool that may be called as often as one likes, and then each with effects."""
    room, system = play.session.room, play.system
    await play.ready()
    tasks = Tasks(play)

    async def case(name: str, call: Answer, tool: Tool | None = None, **fault: object) -> None:
        hit = (tool.name,) if tool else tuple(t.name for t in offered(system))
        faults = [Fault(boundary="tool", operations=hit, **fault)]  # type: ignore[arg-type]
        await tasks.task(name, call, faults=faults, approve=True)

    await tasks.task("healthy", ANY)
    held = {t.name for t in sensitive(system.tools)}
    harmless = next((t for t in served(system.tools) if {*t.sensitivity} == {"read"} and t.example), None)
    call = calling(room, harmless, harmless.example) if harmless else ANY
    await case("once", call, fault="status", status=503, count=1)
    await case("twice", call, fault="status", status=503, count=2)
    await case("for-good", call, fault="status", status=503)
    await case("permanent", call, fault="status", status=400)
    play.done += ["healthy", "once", "twice", "for-good", "permanent", "effects"]
    for tool in served(system.tools):
        if tool.example and (tool.name in held or "write" in tool.sensitivity):
            await case("effects", calling(room, tool, tool.example), tool, fault="reset", count=1)
