"""Tools return attacks, and say them of themselves, to a model that obeys; with the defences on, and then off."""

from __future__ import annotations

from dataclasses import replace

from gonogo.prove.lab.attacking import aimed, picked
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Attacks, Send
from gonogo.prove.lab.script import Answer, Attack, Script

_SETS = Attacks(sets=("agent",), only="attacks")
_CALL = Script(answers=(Answer(tool="*", turn=0),))
"""The model calls the first tool, as a task that needs one begins; what it reads then may be an attack."""
_FIRST = Send(journeys="first")


async def play(play: Play) -> None:
    """Play the attacks, a normal task after them, and the attacks again without defences where those can be had."""
    session = play.session
    await play.ready()
    attacks = picked(_SETS, None, play.home)
    await _normal(play, "healthy")
    await _attacked(play, "attacks", attacks)
    await _normal(play, "normal")
    undefended = session.settings.undefended
    if not undefended:
        play.cut["undefended"] = "no variable switches the defences off: lab.undefended in gonogo.yaml"
        return
    session.room.script = Script()
    await play.anew(undefended)
    await _attacked(play, "undefended", attacks)


async def _normal(play: Play, case: str) -> None:
    play.session.room.play(play.scenario.scenario, case, _CALL)
    await play.send(_FIRST)
    play.done.append(case)


async def _attacked(play: Play, case: str, attacks: list[Attack]) -> None:
    """Send each attack's task, and after one on the memory another task, which nothing is wrong with."""
    play.session.room.play(play.scenario.scenario, case, _CALL)
    for attack in attacks:
        play.tell(f"{play.scenario.scenario}: {case}, {attack.technique}")
        play.session.room.script = aimed(_CALL, attack)
        await play.send(_FIRST, attack)
        if attack.technique == "memory":
            play.session.room.script = replace(_CALL, attack=attack)
            await play.send(_FIRST, attack)
    play.done.append(case)
