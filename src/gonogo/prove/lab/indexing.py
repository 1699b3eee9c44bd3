"""The app's own indexer: documents go into a folder of its copy, its command indexes them, its store is read back.

What the command says of itself decides nothing: what arrived in the store does.
"""

from __future__ import annotations

import base64
import struct
from typing import Any

from gonogo.errors import CollectError
from gonogo.facts import Exchange
from gonogo.facts.lab import LabDocument, StoredPoint
from gonogo.prove.drive.asking import Ask
from gonogo.prove.lab.pages import Page
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.screening import screened
from gonogo.wire.store import Point

FOLDER = "gonogo-documents"
"""Where the documents lie, in the app's copy."""
_DEEPEST = 5


class Indexer:
    """The first index that gonogo.yaml says how to fill, and the folder that it is filled from."""

    def __init__(self, play: Play) -> None:
        """Begin with an empty folder; raises `CollectError` where no index declares its command."""
        found = next((i for i in play.system.indexes if i.ingest), None)
        if found is None:
            raise CollectError(
                "gonogo.yaml does not say how documents are indexed: indexes[].ingest",
                mend="add indexes[].ingest: the command that makes the index hold the documents of a {folder}",
            )
        self.play, self.index = play, found
        self._folder = play.session.box.copy / FOLDER
        self._folder.mkdir()

    def put(self, *pages: Page) -> None:
        """Lay documents into the folder, over those of the same name, and keep what they are."""
        for page in pages:
            (self._folder / page.name).write_bytes(page.content)
            self._keep(page, page.trait)

    def remove(self, *pages: Page) -> None:
        """Take documents out of the folder."""
        for page in pages:
            (self._folder / page.name).unlink()
            self._keep(page, "removed")

    def _keep(self, page: Page, trait: str) -> None:
        room = self.play.session.room
        room.see(
            LabDocument,
            name=page.name,
            title=page.title,
            author=page.author,
            date=page.date,
            category=page.category,
            tenant=page.tenant,
            sections=page.sections,
            trait=trait,
            of=page.of,
            confidence=page.confidence,
        )

    async def run(self, *, deadline_s: float = 120.0, must: bool = True) -> Exchange:
        """Run the command, which is killed after `deadline_s`; raises `CollectError` where it `must` end well."""
        command = tuple(word.replace("{folder}", FOLDER) for word in self.index.ingest)
        asked = Ask(id=self.play.new_id(), name=self.index.name, command=command, deadline_s=deadline_s)
        came = await self.play.session.ask(asked, "ingest")
        self.play.session.read_logs()
        self.play.session.settle()
        if must and came.exit_code != 0:
            raise CollectError(
                f"indexes[{self.index.name}].ingest ended with {came.exit_code}: {came.error or came.body[-300:]}",
                mend="correct indexes[].ingest in gonogo.yaml, or what it runs",
            )
        return came

    def read_back(self, *, vectors: bool = False) -> None:
        """Keep every point that the app's stores hold now, with its vectors where they are wanted."""
        room = self.play.session.room
        for corpus in room.stores.values():
            for shelf in corpus.shelves.values():
                for point, _ in shelf.points.values():
                    room.keep(self._fact(shelf.index.name, point, vectors))

    def _fact(self, index: str, point: Point, vectors: bool) -> StoredPoint:
        room = self.play.session.room
        vector = next(iter(point.vectors.values()), ()) if vectors else ()
        return StoredPoint(
            seen_at=room.now(), run=room.run, scenario=room.scenario, case=room.case, index=index, point=str(point.id),
            payload=self._shown(point.payload), text=self._shown(point.text or ""), version=point.version,
            vector=base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode(),
        )  # fmt: skip

    def _shown(self, value: Any, depth: int = 0) -> Any:
        """Return a part of a point with its texts screened."""
        if isinstance(value, str):
            return screened(self.play.session.room, value, "point")[0]
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {str(key): self._shown(inner, depth + 1) for key, inner in value.items()}
        return [self._shown(inner, depth + 1) for inner in value] if isinstance(value, list | tuple) else value
