"""Tasks are made to fail, each for another reason; the app's queue of failed tasks is read, and each is tried again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from gonogo.derive.listed import listed
from gonogo.derive.scope import within
from gonogo.errors import CollectError
from gonogo.facts import ModelCall
from gonogo.facts.declaration import Tool
from gonogo.facts.lab_declaration import DeadLetters
from gonogo.prove.drive.asking import Ask
from gonogo.prove.lab.declared_tools import acting, calling, progressing
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Fault
from gonogo.prove.lab.tasks import ANY, Tasks

LETTER, RETRY = "letter", "retry"
"""The name of the figure that stands for an entry of the queue; the purpose of a retry."""
_STEPS = 60
_SLOW_S, _LONGEST_S = 1.8, 330.0
_RETRIED_S, _LATE_S, _POLL_S = 30.0, 5.0, 0.2
"""How long a retry, and an entry of the queue, may take."""
_MOST_TEXT, _MOST_ITEMS = 300, 10


async def play(play: Play) -> None:
    """Let tasks fail, with everything else in order, and try them again when nothing is wrong any more."""
    tasks = Tasks(play)
    await play.ready()
    await tasks.task("healthy", ANY)
    play.done.append("healthy")
    declared = play.session.settings.dead_letters
    if declared is None:
        play.cut["model"] = "lab.dead_letters is not declared"
        return
    tool = acting(play.system)
    if tool is None:
        play.cut["model"] = "no tool is declared, with an example, that acts without a person's approval"
        return
    queue = _Queue(play, declared)
    await queue.new()
    failed = {}
    for case, (answers, faults) in failures(play, tool).items():
        if play.quick and case == "timeout":
            play.cut[case] = "left out by --quick"
            continue
        tasks.begin(case, *answers, faults=faults, tools=() if case == "stuck" else progressing(play.system))
        text = f"Find out when the office is open (request {case})."
        await play.send(Send(journeys="first", text=text, deadline_s=_LONGEST_S))
        failed[case] = await queue.kept(_LATE_S)
        play.done.append(case)
    for case, ids in failed.items():
        tasks.begin(f"{RETRY} {case}", ANY)
        for id in ids:
            await queue.retry(id)
        await queue.kept()
        play.done.append(f"{RETRY} {case}")


def failures(play: Play, tool: Tool) -> dict[str, tuple[list[Answer], list[Fault]]]:
    """Return, by the reason for which a task is to fail, how the model answers and what goes wrong."""
    room = play.session.room
    once = [calling(room, tool, tool.example)]
    again = [calling(room, tool, tool.example, repeat=True)]
    endless = [calling(room, tool, within(tool, "of step {n}"), turn=n, repeat=True) for n in range(_STEPS)]
    return {
        "model": (once, [Fault(fault="status", status=500)]),
        "tool": (once, [Fault(fault="status", status=500, boundary="tool")]),
        "loop": (again, []),
        "stuck": (endless, []),
        "limit": (endless, []),
        "timeout": (endless, [Fault(fault="slow-answer", seconds=_SLOW_S)]),
    }


def short(value: Any) -> Any:
    """Return an entry with its long texts and lists cut: its fields are wanted, and not all of what they hold."""
    if isinstance(value, dict):
        return {name: short(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [short(inner) for inner in value[:_MOST_ITEMS]]
    return value[:_MOST_TEXT] if isinstance(value, str) else value


@dataclass
class _Queue:
    """The app's queue of failed tasks, as its operator reads it."""

    play: Play
    declared: DeadLetters
    known: set[str] = field(default_factory=set)

    async def new(self) -> dict[str, Any]:
        """Return the entries that were not there when this was last asked."""
        came = await self._ask("list", "GET", self.declared.list)
        entries = listed(came, self.declared.items, self.declared.id)
        if entries is None:
            raise CollectError(f"{self.declared.list} gives no list of failed tasks: lab.dead_letters in gonogo.yaml")
        new = {id: entry for id, entry in entries.items() if id not in self.known}
        self.known |= new.keys()
        return new

    async def kept(self, within_s: float = 0.0) -> list[str]:
        """Keep the new entries as facts of the case under way, and return their ids; wait so long for the first."""
        until = monotonic() + within_s
        while not (found := await self.new()) and monotonic() < until:
            await asyncio.sleep(_POLL_S)
        for id, entry in found.items():
            self.play.measure(LETTER, 1, subject=id, text=json.dumps(short(entry)))
        return list(found)

    async def retry(self, id: str) -> None:
        """Try a task again, and wait until the model has answered in it, wherever it is done."""
        room = self.play.session.room
        began, before = monotonic(), len(room.facts)
        await self._ask(RETRY, self.declared.method, self.declared.retry.replace("{id}", id))
        while monotonic() - began < _RETRIED_S:
            calls = [f for f in room.facts[before:] if isinstance(f, ModelCall)]
            if any(c.marker and not c.tool_uses for c in calls):
                break
            await asyncio.sleep(_POLL_S)

    async def _ask(self, name: str, method: str, path: str) -> bytes:
        play = self.play
        asked = Ask(
            id=play.new_id(), name=name, method=method, path=path, identity=self.declared.identity, said=name,
            deadline_s=_LONGEST_S,
        )  # fmt: skip
        await play.session.ask(asked, RETRY if name == RETRY else "queue")
        return play.session.came.content
