"""The tiers of models that gonogo.yaml declares, and questions for them."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.errors import CollectError
from gonogo.facts.lab_declaration import Tier
from gonogo.prove.drive.asking import ask
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script


def declared(play: Play) -> Sequence[Tier]:
    """Return the tiers, the cheapest first; raises `CollectError` where there are not two."""
    tiers = play.system.lab.tiers if play.system.lab else ()
    if len(tiers) < 2:
        raise CollectError(
            "no tiers of models are declared",
            mend="say in lab: {tiers: [...]} of gonogo.yaml which questions go to which model, the cheapest first",
        )
    return tiers


async def put(play: Play, case: str, script: Script, texts: Sequence[str]) -> None:
    """Put questions to the first journey, one after another."""
    play.tell(f"{play.scenario.scenario}: {case}")
    for text in texts:
        play.session.room.play(play.scenario.scenario, case, script)
        await play.session.ask(ask(play.system.journeys[0], play.new_id(), text=text))
        play.sent += 1
    play.done.append(case)
