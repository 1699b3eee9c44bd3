"""The tiers of models that gonogo.yaml declares, and questions for them."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.facts.lab_declaration import Tier
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script


def declared(play: Play) -> Sequence[Tier]:
    """Return the tiers, the cheapest first: two or more, as the scenarios of tiers need."""
    return play.session.settings.tiers


async def put(play: Play, case: str, script: Script, texts: Sequence[str]) -> None:
    """Put questions to the first journey, one after another."""
    play.tell(f"{play.scenario.scenario}: {case}")
    for text in texts:
        play.session.room.play(play.scenario.scenario, case, script)
        await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=text))
        play.sent += 1
    play.done.append(case)
