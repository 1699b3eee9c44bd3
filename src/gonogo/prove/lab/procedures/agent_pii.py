"""Personal data comes in with the user's words and with tool results, and the model passes it on to every tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gonogo.derive.approvals import sensitive
from gonogo.derive.flows import EXCEPTION, HARMLESS, INPUT, RESULT, free
from gonogo.derive.scope import out_of_scope, served
from gonogo.facts.declaration import Tool
from gonogo.facts.lab import LabFile
from gonogo.prove.lab.declared_tools import offered
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, ToolScript
from gonogo.prove.lab.tasks import ANY, Tasks
from gonogo.screen.synthetic import PERSONAL, value

_MOST_BYTES = 16 << 20
"""Of a file that is searched."""


async def play(play: Play) -> None:
    """Play each tool with what the user said and with what a tool returned; then the exceptions, and a later task."""
    room, system = play.session.room, play.system
    await play.ready()
    tasks = Tasks(play)

    async def task(case: str, *answers: Answer, text: str | None = None, tools: tuple[ToolScript, ...] = ()) -> None:
        await tasks.task(case, *answers, tools=tools, send=Send(journeys="first", text=text), approve=True)

    await task("healthy", ANY)
    said, read = _values(play, INPUT), _values(play, RESULT)
    returning = tuple(replace(t, result=_listed(read)) for t in offered(system))
    for tool in (t for t in served(system.tools) if free(t)):
        await task("inputs", _passing(tool, said), text=f"Please see to it. {_listed(said)}")
        quiet = [t.name for t in sensitive(served(system.tools))]
        reader = next((t for t in served(system.tools) if t.name not in (*quiet, *tool.not_after)), tool)
        first = Answer(tool=reader.name, arguments=dict(reader.example), turn=0, repeat=True)
        await task("results", first, replace(_passing(tool, read), turn=1, repeat=True), tools=returning)
    for tool in served(system.tools):
        for name, kinds in tool.receives.items():
            for kind in kinds:
                made = value(f"personal:{kind}", seed=f"{room.run}/{tool.name}.{name}")
                room.planted[f"{EXCEPTION}{tool.name}.{name}.{kind}"] = made
                if not out_of_scope(tool, {name: made}):
                    await task("exceptions", Answer(tool=tool.name, arguments={**tool.example, name: made}))
    await task("later", ANY)
    play.done += ["healthy", "inputs", "results", "exceptions", "later"]
    _search(play, {id: made for id, made in room.planted.items() if id.startswith((INPUT, RESULT))})


def _values(play: Play, source: str) -> dict[str, str]:
    """Return a value of each type, and let the room know them by their source."""
    room = play.session.room
    made = {f"{source}{kind}": value(f"personal:{kind}", seed=f"{room.run}/{source}") for kind in PERSONAL}
    room.planted |= made
    return made


def _listed(values: Mapping[str, str]) -> str:
    return "; ".join(values.values())


def _passing(tool: Tool, values: Mapping[str, str]) -> Answer:
    """Return the call of a tool with harmless words and every value in its last free argument."""
    return Answer(tool=tool.name, arguments={**tool.example, free(tool)[-1]: f"{HARMLESS} {_listed(values)}"})


def _search(play: Play, values: Mapping[str, str]) -> None:
    """Keep which files of the app's directory hold a value."""
    room, copy = play.session.room, play.session.box.copy
    for place in sorted(p for p in copy.rglob("*") if p.is_file() and not p.is_symlink()):
        with place.open("rb") as file:
            content = file.read(_MOST_BYTES)
        if found := tuple(id for id, made in values.items() if made.encode() in content):
            room.see(
                LabFile, change="holds", path=place.relative_to(copy).as_posix(), bytes=len(content), canaries=found
            )
