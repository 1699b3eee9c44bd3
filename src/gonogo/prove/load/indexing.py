"""The app's own indexer under load: it fills the index before a stage, or runs beside the stage's requests."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from gonogo.errors import CollectError
from gonogo.facts import IndexRun
from gonogo.facts.declaration import Index
from gonogo.prove.drive.contain import Ran
from gonogo.prove.lab.exchanges import clean
from gonogo.prove.lab.indexing import FOLDER
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.session import Session
from gonogo.prove.load.documents import documents
from gonogo.prove.load.meter import Meter

FILL_S = 600.0
"""How long filling an index may take; where all documents would take longer, it is filled with fewer."""
_FIRST = 60
"""With so many documents it is tried how long one takes."""
_SAFE = 0.7
"""The share of the time that is planned for: indexers slow down as an index grows."""


_MORE, _MOST = 1.5, 50_000
"""By how much the work exceeds what the indexer may do in a stage; and the most documents that it is given for one."""


@dataclass
class Indexing:
    """The declared indexer in the copy of an app, with what its runs wrote."""

    session: Session
    index: Index
    meter: Meter
    held: int = 0
    """How many documents lie in its folder."""
    each: float = 1.0
    """How many documents it has embedded with one request."""

    async def fill(self, stage: str, wanted: int) -> IndexRun:
        """Let the index hold so many documents, or fewer where there is no time for all.

        Raises `CollectError` where the indexer does not end well.
        """
        room = self.session.room
        script, room.script = room.script, Script()  # the model need not be as slow as it is for users
        try:
            self._lay(min(wanted, _FIRST))
            ran = await self._run(FILL_S)
            seconds = ran.seconds
            self.meter.begin()
            if wanted > _FIRST and ran.exit_code == 0:
                self._lay(min(wanted, max(_FIRST, int(_SAFE * FILL_S / max(seconds, 1e-3) * _FIRST))))
                ran = await self._run(FILL_S)
                seconds += ran.seconds
                new = self.held - _FIRST
                self.each = new / max(1, self.meter.calls("embed"))
        finally:
            room.script = script
        if ran.exit_code != 0:
            how = f"was ended after {FILL_S:g} s" if ran.exit_code is None else f"ended with {ran.exit_code}"
            raise CollectError(
                f"indexes[{self.index.name}].ingest {how}: {clean(room, _end(ran))}",
                mend="correct indexes[].ingest in gonogo.yaml, or what it runs",
            )
        return self._fact(stage, wanted, ran, seconds)

    async def lay_for(self, requests: float) -> None:
        """Lay so many further documents into the folder that the indexer has to send more requests than these."""
        more = min(_MOST, math.ceil(_MORE * requests * self.each))
        await asyncio.to_thread(self._lay, self.held + more)

    async def beside(self, stage: str, seconds: float) -> IndexRun:
        """Let it index what is new in its folder for `seconds` at most, after which it is ended."""
        wanted = self.held
        ran = await self._run(seconds)
        return self._fact(stage, wanted, ran, ran.seconds, beside=True)

    def _lay(self, number: int) -> None:
        """Let so many documents lie in the folder."""
        folder = self.session.box.copy / FOLDER
        folder.mkdir(exist_ok=True)
        for page in list(documents(number))[self.held :]:
            (folder / page.name).write_bytes(page.content)
        self.held = max(self.held, number)

    async def _run(self, seconds: float) -> Ran:
        load = self.session.system.load
        return await self.session.box.run(
            [word.replace("{folder}", FOLDER) for word in self.index.ingest],
            environment=self.session.environment(more=load.environment if load else None), timeout_s=seconds,
        )  # fmt: skip

    def _fact(self, stage: str, wanted: int, ran: Ran, seconds: float, *, beside: bool = False) -> IndexRun:
        room = self.session.room
        return IndexRun(
            seen_at=room.now(), run=room.run, scenario=room.scenario, case=stage, stage=stage, beside=beside,
            documents=self.held, wanted=wanted, points=len(self.meter.points), seconds=round(seconds, 3),
            exit_code=ran.exit_code, said=clean(room, _end(ran)) if ran.exit_code else "",
        )  # fmt: skip


def _end(ran: Ran) -> str:
    return (ran.stderr or ran.stdout).decode(errors="replace").strip()[-300:]
