"""The person who decides on tool calls that the app holds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Literal

from gonogo.derive.approvals import held
from gonogo.facts import Exchange
from gonogo.facts.declaration import Approvals
from gonogo.prove.drive.asking import Ask, encoded, filled
from gonogo.prove.lab.play import Play

_ACTED_S = 0.5
"""How long the app gets to act on a decision."""


class Approver:
    """Reads which calls are held, and decides. Everything it asks is kept with the purpose `approval`."""

    def __init__(self, play: Play, approvals: Approvals) -> None:
        """Decide as the declared approver; nothing has been read yet."""
        self._play, self._approvals, self._known = play, approvals, frozenset[str]()

    async def new(self) -> list[str]:
        """Return the ids of the calls that are held and were not when this was last asked."""
        came = await self._ask("waiting", "GET", self._approvals.waiting, None, self._approvals.approver)
        ids = held(self._approvals, came.body) or {}
        new = [id for id in ids if id not in self._known]
        self._known |= ids.keys()
        return new

    async def decide(self, id: str, decision: Literal["approve", "deny"], identity: str | None = None) -> Exchange:
        """Approve or deny a call, as the declared approver or as another identity, and let the app act on it."""
        body = self._approvals.approve if decision == "approve" else self._approvals.deny
        came = await self._ask(
            decision, self._approvals.method, self._approvals.decide.replace("{id}", id), filled(body, id=id),
            identity or self._approvals.approver,
        )  # fmt: skip
        await asyncio.sleep(_ACTED_S)
        return came

    async def _ask(
        self, name: str, method: str, path: str, body: Mapping[str, object] | None, identity: str
    ) -> Exchange:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        asked = Ask(
            id=self._play.new_id(), name=name, method=method, path=path, headers=headers, body=encoded(body),
            identity=identity, said=name, deadline_s=20,
        )  # fmt: skip
        return await self._play.session.ask(asked, "approval")
