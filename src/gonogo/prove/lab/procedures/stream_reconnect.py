"""A client leaves a stream and comes back with what it knows of it; another lost the end of one that is over."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import secrets

from gonogo.errors import CollectError
from gonogo.facts.declaration import Journey
from gonogo.facts.lab_declaration import Resume
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Physics, Script

BACK = "coming back"
"""What the second request says, in facts."""
_WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_SCRIPT = Script(answers=(Answer(text=f"{{marker}} {_WORDS} {_WORDS}."),), physics=Physics(tokens_per_s=10))
_LEAVES_S, _AWAY_S = 1.5, 0.3
_ID = re.compile(rb"^id: ?(.+?)\r?$", re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")


async def play(play: Play) -> None:
    """Play each stream that is declared, lost half-way and at its end."""
    declared = play.session.settings.resume
    await play.ready()
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="streaming"))
    play.done.append("healthy")
    for resume in declared:
        journey = next((j for j in play.system.journeys if j.name == resume.journey), None)
        if journey is None:
            raise CollectError(f"lab.resume: there is no journey {resume.journey!r}", mend="name one of journeys:")
        await _lost(play, resume, journey, "half-way", _LEAVES_S)
        await _lost(play, resume, journey, "at-its-end", None)
    play.done += ["half-way", "at-its-end"]


async def _lost(play: Play, resume: Resume, journey: Journey, case: str, leaves_s: float | None) -> None:
    session = play.session
    play.tell(f"{play.scenario.scenario}: {case}")
    session.room.play(play.scenario.scenario, case, _SCRIPT)
    by_event = resume.header.lower() == "last-event-id"
    known = {} if by_event else {resume.header: f"gonogo-{secrets.token_hex(8)}"}
    made = ask(journey, play.new_id(), headers=known, leave_after_s=leaves_s)
    await session.ask(made)
    session.hold(made)
    content = session.came.content if session.came else b""
    if by_event:
        whole = _END.split(content)[:-1]
        ids = [found[1] for event in whole if (found := _ID.search(event))]
        seen = ids[: len(ids) // 2] if leaves_s is None else ids
        known = {resume.header: seen[-1].decode("utf-8", "replace")} if seen else {}
    await asyncio.sleep(_AWAY_S)
    again = ask(journey, play.new_id(), headers=known)
    await session.ask(dataclasses.replace(again, said=BACK))
    play.sent += 2
