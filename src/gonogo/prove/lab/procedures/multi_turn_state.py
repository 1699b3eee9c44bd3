"""Two conversations, side by side: facts are stated, corrected and referred to, and the service is killed amid them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from gonogo.errors import CollectError
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Answer, Script
from gonogo.prove.lab.talking import UNDECLARED, Talk, declared_talk

CONVERSATIONS = {
    "Amber": ("cobalt", "damson", "elder", "fennel", "garnet", "hazel"),
    "Birch": ("indigo", "juniper", "kelp", "linden", "mallow", "nutmeg"),
}
"""What each conversation states, and then corrects things to. Every turn begins with its conversation's name."""
_THINGS = ("parcel", "shelf", "locker", "folder")
_TURNS = 20
_NOTED = Script(answers=(Answer(text="Noted as {marker}."),))
"""The model does not repeat what was said: whatever stands in a request is there because the app put it there."""


async def play(play: Play) -> None:
    """Play both halves of the conversations; each turn of both is sent at once."""
    session, scenario = play.session, play.scenario.scenario
    lifted = dict(play.system.load.environment) if play.system.load else {}
    session.room.play(scenario, "healthy", Script())
    await play.anew(lifted)
    await play.send(Send())
    play.done.append("healthy")
    declared = declared_talk(play)
    if declared is None:
        play.cut["before"] = UNDECLARED
        return
    own = play.system.thresholds.get("agent-reliability.multi-turn-state", {}).get("turns", _TURNS)
    turns = int(own) if isinstance(own, int | float) else _TURNS
    talks = [(Talk(play, *declared), list(dialogue(name, turns))) for name in CONVERSATIONS]
    halves = {"before": range(turns // 2), "after": range(turns // 2, turns)}
    for case, numbers in halves.items():
        play.tell(f"{scenario}: {case}")
        session.room.play(scenario, case, _NOTED)
        if case == "after" and not await session.renew(lifted):
            raise CollectError("the service does not become ready again when it is killed")
        for number in numbers:
            await asyncio.gather(*(talk.say(said[number]) for talk, said in talks))
        play.done.append(case)


def dialogue(name: str, turns: int) -> Iterator[str]:
    """Yield the turns of a conversation: four facts are stated; then one after the other is corrected and asked for."""
    words = CONVERSATIONS[name]
    for number in range(turns):
        since, asks = divmod(number - len(_THINGS), 2)
        if number < len(_THINGS):
            said = f"my {_THINGS[number]} is called {words[number]}."
        elif asks:
            said = f"what is my {_THINGS[since % len(_THINGS)]} called?"
        else:
            thing, word = _THINGS[since % len(_THINGS)], words[(since + len(_THINGS)) % len(words)]
            said = f"I was wrong, my {thing} is called {word}."
        yield f"{name}, turn {number + 1}: {said}"
