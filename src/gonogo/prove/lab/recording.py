"""Records a tape: the app's journeys are sent once, and its model calls pass to the real provider and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp

from gonogo.errors import CollectError
from gonogo.facts import System
from gonogo.prove.base import utc_now
from gonogo.prove.lab.needs import missing
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.room import Room
from gonogo.prove.lab.scenario import Case, Scenario
from gonogo.prove.lab.session import Session
from gonogo.prove.lab.standins.relay import Relay, bases_of, keys_of
from gonogo.prove.lab.tape import Tape

_STORY = Scenario(
    scenario="record", title="Every journey once, answered by the real provider", cases=(Case(case="healthy"),)
)
_DEADLINE_S = 600.0


@dataclass(frozen=True)
class Recorded:
    """What was recorded: new takes by the model that answered, and what was no answer, each with how often."""

    models: Mapping[str, int]
    refused: Mapping[str, int]
    whole: int
    """Takes on the tape now."""


def hosts(system: System) -> tuple[str, ...]:
    """Return where calls may go, for the plan; raises `CollectError` where no key is set."""
    keys_of(system, os.environ)
    declared = {p.name for p in system.providers} or {"openai"}
    return tuple(dict.fromkeys(url for kind, url in bases_of(system, os.environ).items() if kind in declared))


async def record(root: Path, home: Path, system: System, tell: Callable[[str], None]) -> Recorded:
    """Play every declared journey once against the real provider, and add what it answered to the tape at `home`.

    Raises `CollectError` where nothing can be played, or nothing was answered.
    """
    if said := missing(_STORY, system):
        raise CollectError(said, mend="gonogo init")
    keys, before = keys_of(system, os.environ), Tape.read(home)
    room = Room(run="record", now=utc_now, begun=monotonic(), digest_key=os.urandom(32))
    timeout = aiohttp.ClientTimeout(total=_DEADLINE_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True, auto_decompress=True) as http:
        room.relay = relay = Relay(keys, bases_of(system, os.environ), http)
        async with Session(root=root, system=system, room=room) as session:
            played = await Play(_STORY, session, tell=tell, home=home).whole()
    if played.problem:
        raise CollectError(played.problem)
    if not relay.takes:
        reasons = ", ".join(f"{why} ({n} times)" for why, n in relay.refused.items())
        raise CollectError(
            f"the provider answered nothing that can be recorded: {reasons or 'the app called no model'}",
            mend="look at the key and the address of the provider, then run gonogo lab record again",
        )
    tape = Tape([*before, *relay.takes])
    tape.write(home)
    models: dict[str, int] = {}
    for take in relay.takes:
        name = take.answer.model or take.model
        models[name] = models.get(name, 0) + 1
    return Recorded(models, dict(relay.refused), len(list(tape)))
