"""Tasks of an agent: its model calls tools as it is told to, and the declared approver lets held calls through."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.prove.lab.approving import Approver
from gonogo.prove.lab.declared_tools import offered
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Fault, Script, ToolScript

FIRST = Send(journeys="first")
ANY = Answer(tool="*")
"""The model calls the first tool that it is offered."""


class Tasks:
    """The tasks of one playing. `approver` is None where nobody is declared."""

    def __init__(self, play: Play) -> None:
        """Begin with no task; nothing is held yet."""
        self._play = play
        self.approver = Approver(play, play.system.approvals) if play.system.approvals else None

    def begin(
        self, case: str, *answers: Answer, faults: Sequence[Fault] = (), tools: tuple[ToolScript, ...] = ()
    ) -> None:
        """Begin a case in which the model answers so; the declared tools are offered, or `tools`."""
        play = self._play
        play.tell(f"{play.scenario.scenario}: {case}")
        script = Script(answers=answers, faults=tuple(faults), tools=tools or offered(play.system))
        play.session.room.play(play.scenario.scenario, case, script)

    async def task(
        self, case: str, *answers: Answer, faults: Sequence[Fault] = (), tools: tuple[ToolScript, ...] = (),
        send: Send = FIRST, approve: bool = False,
    ) -> None:  # fmt: skip
        """Begin a case and send its task; `approve` lets through what is held then."""
        self.begin(case, *answers, faults=faults, tools=tools)
        await self._play.send(send)
        if approve:
            await self.approve()

    async def approve(self) -> None:
        """Let through what is held now, where somebody is declared who decides."""
        if self.approver is not None:
            for id in await self.approver.new():
                await self.approver.decide(id, "approve")
