"""Runs of an agent that leave together, each with a canary of its own in its task: where each of them shows up is kept.

Most of them take a few steps and are ended by the model; some it never ends, so that the app's own bounds do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from uuid import uuid4

from gonogo.derive.scope import within
from gonogo.errors import CollectError
from gonogo.facts import AgentRun, Fact, ModelCall, System, ToolCall, Traffic
from gonogo.facts.declaration import Journey, Tool
from gonogo.prove.drive.answers import answer_of, markers
from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.drive.environment import credential
from gonogo.prove.lab.declared_tools import acting, progressing
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.script import Answer, Physics, Script
from gonogo.prove.load.generator import Generator
from gonogo.prove.load.mix import encoded, identities
from gonogo.prove.load.place import Place
from gonogo.prove.load.recording import Played
from gonogo.prove.load.stages import Stage
from gonogo.prove.load.tally import Tally
from gonogo.prove.load.wire import Request
from gonogo.screen import canaries

STEPS = 2
"""Calls of tools in a run that the model ends."""
_ENDLESS = 10
"""Each tenth run is one that the model never ends."""
_PHYSICS = Physics(first_token_s=0.2)
"""Every turn takes that long, so that all runs are under way at the same time."""
_KEPT_S = 0.2
"""How long the last calls get to be kept."""


@dataclass
class Run:
    """One run; `said` is what its user got."""

    name: str
    canary: str
    endless: bool
    ask: Ask
    said: str = ""


@dataclass
class Together:
    """Plays the stages of such runs against one copy of the app; `seen` has a fact for each of them."""

    system: System
    room: Room
    place: Place
    journey: str | None = None
    seen: list[Fact] = field(default_factory=list)

    async def play(self, generator: Generator, played: Played) -> float:
        """Send the runs of a stage, `concurrent` at a time, and keep what was seen; return how long that took.

        Raises `CollectError` where nothing can be seen: the app runs elsewhere, or no tool is declared.
        """
        if not self.place.contained:
            raise CollectError(
                "which calls belong to which run can be seen on a copy alone", mend="gonogo load agent-concurrency"
            )
        tool = acting(self.system)
        if tool is None:
            raise CollectError(
                "no tool is declared, with an example, that acts without a person's approval",
                mend="add an example to a tool under tools: in gonogo.yaml",
            )
        journey = next(j for j in self.system.journeys if j.path and self.journey in (None, j.name))
        room, runs = self.room, list(self._runs(journey, played.stage))
        tally = played.slices[0].setdefault((journey.name, runs[0].ask.path.partition("?")[0]), Tally())
        room.play(
            room.scenario, played.stage.name,
            Script(answers=tuple(_answers(runs, tool)), physics=_PHYSICS, tools=progressing(self.system)),
        )  # fmt: skip
        room.planted = {run.name: run.canary for run in runs}
        room.journeys = {run.ask.id: run.ask for run in runs}
        room.facts, kept, room.quiet = [], room.facts, False
        began, each = perf_counter(), played.stage.concurrent
        for first in range(0, len(runs), each):
            sent = [(0.0, self._request(run, tally)) for run in runs[first : first + each]]
            await generator.play(sent)
            await generator.drain()
        seconds = perf_counter() - began
        await asyncio.sleep(_KEPT_S)
        self.seen += seen(runs, room.facts, room)
        room.facts, room.quiet, room.planted = kept, True, {}
        room.journeys.clear()
        return seconds

    def _runs(self, journey: Journey, stage: Stage) -> Iterator[Run]:
        """Yield the runs of a stage, each as another user where there are several of one kind; one of each alone."""
        names = identities(self.system, journey)
        for number in range(max(2, stage.concurrent)):
            name = f"{stage.name} {number + 1}"
            canary = canaries.make(f"{self.room.run} {name}")
            text = f"Task {canary}: find out when the office is open."
            asked = ask(journey, uuid4().hex, text=text, identity=names[number % len(names)])
            yield Run(name, canary, number % _ENDLESS == 1, asked)

    def _request(self, run: Run, tally: Tally) -> Request:
        headers = {
            "Host": self.place.host,
            "traceparent": run.ask.traceparent,
            **credential(self.system, run.ask.identity),
        }
        before, after = encoded(run.ask, headers)
        return Request(before=before + after, tally=tally, deadline_s=run.ask.deadline_s, judge=_judge(run))


def _judge(run: Run) -> Callable[[bytes, str], bool]:
    """Return what keeps a run's answer, and tells whether there is one."""

    def judge(body: bytes, kind: str) -> bool:
        whole = body.decode("utf-8", "replace")
        run.said = f"{whole} {answer_of(whole, kind, run.ask.answer)}"
        return _answered(run)

    return judge


def _answered(run: Run) -> bool:
    """Whether a run's user got an answer: the model's, where the model ends the run."""
    return bool(run.said.strip()) and (run.endless or bool(markers([run.said])))


def _answers(runs: Iterable[Run], tool: Tool) -> Iterator[Answer]:
    """Yield how the model answers: for each run it calls the tool with the run's canary."""
    for run in runs:
        arguments = dict(within(tool, f"{run.canary} {{n}}"))
        if run.endless:
            yield Answer(match=run.canary, tool=tool.name, arguments=arguments, repeat=True)
        else:
            for turn in range(STEPS):
                yield Answer(match=run.canary, tool=tool.name, arguments=arguments, repeat=True, turn=turn)


def seen(runs: list[Run], facts: Iterable[Fact], room: Room) -> Iterator[AgentRun]:
    """Yield what was seen of each run: a call belongs to the run of its trace, or else to that of a canary in it."""
    own = {run.name: list[Traffic]() for run in runs}
    traced = {run.ask.id: run.name for run in runs}
    for fact in facts:
        if isinstance(fact, ModelCall | ToolCall):
            held = _held(fact)
            name = traced.get(fact.trace or "") or next((n for n in own if n in held), None)
            if name:
                own[name].append(fact)
    for run in runs:
        calls = own[run.name]
        foreign = {f"{n} in {_where(c)}": None for c in calls for n in sorted(_held(c)) if n != run.name}
        foreign |= {f"{o.name} in the answer": None for o in runs if o is not run and o.canary in run.said}
        tools = {c.idempotency_key or c.order for c in calls if isinstance(c, ToolCall)}
        yield AgentRun(
            seen_at=room.now(), run=room.run, scenario=room.scenario, case=room.case, name=run.name,
            endless=run.endless, answered=_answered(run), tool_calls=len(tools), foreign=tuple(foreign),
            model_calls=sum(isinstance(c, ModelCall) for c in calls),
        )  # fmt: skip


def _held(call: Traffic) -> set[str]:
    """Return the names of the canaries in a call."""
    return {m.canary for m in call.matches if m.detector == "canary" and m.canary}


def _where(call: Traffic) -> str:
    return f"a call of {call.tool}" if isinstance(call, ToolCall) else "a call of the model"
