"""One conversation with one instance, another with two in turn, which goes on when one of them is killed."""

from __future__ import annotations

from gonogo.errors import CollectError
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script
from gonogo.prove.lab.talking import UNDECLARED, Talk, declared_talk

WORDS = ("amber", "birch", "cobalt", "damson", "elder", "fennel")
"""What is said in each turn, and is to be known in those that follow."""
_ALTERNATE = 4


async def play(play: Play) -> None:
    """Play the conversation in the three ways; the answers of all are to rest on what was said before."""
    session, scenario = play.session, play.scenario.scenario
    await play.ready()
    session.room.play(scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    declared = declared_talk(play)
    if declared is None:
        play.cut["one"] = UNDECLARED
        return
    session.room.play(scenario, "one", Script())
    await _say(Talk(play, *declared), [0] * len(WORDS))
    play.done.append("one")
    if not await session.start_instance(1):
        raise CollectError("a second instance of the service does not become ready beside the first")
    session.room.play(scenario, "two", Script())
    talk = Talk(play, *declared)
    await _say(talk, [n % 2 for n in range(_ALTERNATE)])
    play.done.append("two")
    session.room.play(scenario, "killed", Script())
    await session.end_first_instance()
    await _say(talk, [1] * (len(WORDS) - _ALTERNATE), said=_ALTERNATE)
    play.done.append("killed")


async def _say(talk: Talk, instances: list[int], said: int = 0) -> None:
    """Say a word in each turn to the instance of that turn."""
    for number, instance in enumerate(instances, said):
        await talk.say(f"Turn {number + 1}: the next word is {WORDS[number]}.", instance)
