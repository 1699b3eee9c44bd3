"""A good file of each type, and then those that no service should take; what lands where, and the memory beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gonogo.errors import CollectError
from gonogo.facts.lab import LabFile
from gonogo.facts.lab_declaration import Upload
from gonogo.prove.drive.processes import peak_mib
from gonogo.prove.lab import uploads
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

PURPOSE = "upload"
_LARGEST = 1 << 20
"""Files that are larger are not looked into: what is uploaded to be found again is small."""


async def play(play: Play) -> None:
    """Play each declared place."""
    session, declared = play.session, play.session.settings.uploads
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="first"))
    play.done.append("healthy")
    for upload in declared:
        files = [file for type in upload.types if (file := uploads.good(type))]
        if not files:
            raise CollectError(
                f"no file of {', '.join(upload.types)} is at hand to be uploaded",
                mend="declare media types such as text/plain, application/pdf, image/png, application/zip",
            )
        session.room.case = "accepted"
        for file in files:
            await _sent(play, upload, file)
        session.room.case = "refused"
        for file in uploads.bad(upload.types):
            play.tell(f"{play.scenario.scenario}: {file.what}")
            before = peak_mib(session.box.processes())
            await _sent(play, upload, file)
            _measured(play, file, peak_mib(session.box.processes()) - before)
            _landed(play, upload, file)
    play.done += ["accepted", "refused"]


async def _sent(play: Play, upload: Upload, file: uploads.File) -> None:
    asked = uploads.request(file, upload.path, upload.field, play.new_id(), upload.identity)
    await play.session.ask(asked, PURPOSE)
    play.sent += 1


def _measured(play: Play, file: uploads.File, grown: float) -> None:
    for name, value in (("memory-grown", grown), ("size", len(file.content) / (1 << 20))):
        play.measure(name, value, "MiB", file.what)


def _landed(play: Play, upload: Upload, file: uploads.File) -> None:
    """Keep as facts where the file, or what is packed in it, stands outside of the area for uploads."""
    room, copy = play.session.room, play.session.box.copy
    area = copy / upload.area if upload.area else None
    for place in _files(copy.parent):
        if (area is None or not place.is_relative_to(area)) and _holds(place, (file.content, *file.inner)):
            shown = place.relative_to(copy) if place.is_relative_to(copy) else place.relative_to(copy.parent)
            room.see(
                LabFile, path=shown.as_posix(), change="created", bytes=place.stat().st_size, canaries=(file.what,)
            )
            place.unlink()


def _files(root: Path) -> Iterable[Path]:
    return [p for p in root.rglob("*") if p.is_file() and not p.is_symlink() and p.stat().st_size <= _LARGEST]


def _holds(place: Path, contents: tuple[bytes, ...]) -> bool:
    try:
        return place.read_bytes() in contents
    except OSError:
        return False
