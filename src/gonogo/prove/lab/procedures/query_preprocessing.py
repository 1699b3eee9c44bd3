"""The declared questions as users type them, then as they are to be searched for, and clean questions of the lab."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.pages import QUESTION
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

CLEAN = (
    QUESTION,
    "Is it open on Sunday, and who of us all has the key to it?",
    "May a visitor with a limp use the lift, or is that for goods only?",
)
"""Nothing in them needs mending; short words of everyday use look like abbreviations."""


async def play(play: Play) -> None:
    """Play those that are to be rewritten, and those that are to stay."""
    rewrites = {typed: wanted for i in play.system.indexes for typed, wanted in i.rewrites.items()}
    if not rewrites:
        raise CollectError(
            "gonogo.yaml does not say which questions are rewritten before the search: indexes[].rewrites",
            mend="add indexes[].rewrites: questions as users type them, and what is to be searched for",
        )
    await play.ready()

    async def case(name: str, questions: Iterable[str]) -> None:
        play.session.room.play(play.scenario.scenario, name, Script())
        for text in questions:
            await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=text))
            play.sent += 1
        play.done.append(name)

    await case("healthy", [QUESTION])
    await case("rewritten", rewrites)
    await case("clean", dict.fromkeys([*rewrites.values(), *CLEAN]))
