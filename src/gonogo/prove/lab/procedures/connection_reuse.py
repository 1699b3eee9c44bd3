"""Many requests in a row, many at once, and more than the pool has connections while the model is silent."""

from __future__ import annotations

import asyncio
import math

from gonogo.derive.factset import FactSet
from gonogo.derive.journeys import Journey
from gonogo.errors import CollectError
from gonogo.facts import Exchange, ModelCall, Retrieval, Traffic
from gonogo.facts.declaration import Dependency
from gonogo.prove.lab.dependencies import boundary_of, process_of
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Fault, Physics, Script

SEQUENTIAL, PARALLEL, MOST = 100, 50, 300
BEYOND = 10
"""So many more than the pool holds are sent, so that connections that are not reused are seen, and it is full."""
_SLOW = Script(physics=Physics(first_token_s=0.1))
"""So slow a model that calls of requests that come together are under way together."""
_SILENT = Script(faults=(Fault(fault="hang-before-headers"),))
_SEEN: dict[str, type[Traffic]] = {"model": ModelCall, "retrieval": Retrieval}


async def play(play: Play) -> None:
    """Count the connections to each dependency whose pool is declared, then fill the pool of the provider."""
    system = play.system
    pools = {d.name: d for d in system.dependencies if d.pool_size}
    if not pools:
        raise CollectError("no pool_size is declared", mend="add pool_size to each of dependencies: in gonogo.yaml")
    await play.anew(system.load.environment if system.load else None)
    play.session.room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send())
    play.done.append("healthy")
    journeys = max(1, len(system.journeys))
    in_a_row = min(MOST, max(SEQUENTIAL, max(d.pool_size or 0 for d in pools.values()) + BEYOND))
    await _counted(play, pools, "sequential", Send(times=math.ceil(in_a_row / journeys), text="Question {n}?"))
    together = Send(times=math.ceil(PARALLEL / journeys), parallel=PARALLEL, text="Question {n} of all?")
    await _counted(play, pools, "parallel", together)
    size = max((d.pool_size or 0 for d in pools.values() if boundary_of(system, d) == "model"), default=0)
    if not size:
        play.cut["full"] = "no pool_size is declared for a model provider"
        return
    play.session.room.play(play.scenario.scenario, "full", _SILENT)
    many = min(MOST, max(PARALLEL, size + BEYOND))
    await play.send(Send(journeys="first", times=many, parallel=many, text="Question {n} that nobody answers?"))
    play.done.append("full")


async def _counted(play: Play, pools: dict[str, Dependency], case: str, send: Send) -> None:
    """Play a case, and keep how many connections it took; of journeys that were answered the figure is all."""
    session, room = play.session, play.session.room
    play.tell(f"{play.scenario.scenario}: {case}")
    room.play(play.scenario.scenario, case, _SLOW)
    before = len(room.facts)
    ports = {s.name: s.port for s in session.settings.services}
    closed = {name: await _peers(play, ports, d, open_=False) for name, d in pools.items()}
    sent = await play.send(send)
    await asyncio.sleep(0)  # a call is kept in the turn of the loop after its answer
    for name, dependency in pools.items():
        kind = _SEEN.get(boundary_of(play.system, dependency) or "")
        if kind is not None:
            calls = [f for f in room.facts[before:] if isinstance(f, kind)]
            play.measure("connections", len({c.connection for c in calls}), "connections", name)
            play.measure("calls", len(calls), "calls", name)
        elif process_of(play.system, dependency):
            found = await _peers(play, ports, dependency) - closed[name]
            play.measure("connections", len(found), "connections", name)
        else:
            play.cut[name] = "it is no process of lab.services and no stand-in, so its connections are not seen"
    facts = room.facts
    answered = {j.exchange.journey for j in FactSet(facts).needed(Journey) if j.case == case and j.well_formed}
    play.measure("answered", len(answered), "requests", f"of {len(sent)}")
    dropped = (Exchange, ModelCall, Retrieval)
    facts[before:] = [f for f in facts[before:] if not (isinstance(f, dropped) and f.journey in answered)]
    play.done.append(case)


async def _peers(
    play: Play, ports: dict[str, int | None], dependency: Dependency, *, open_: bool | None = None
) -> set[str]:
    """Return the connections to a process of the last minute: all, or those that are open or closed now."""
    port = ports.get(process_of(play.system, dependency) or "")
    found = await play.session.box.peers(port) if port else {}
    return {peer for peer, is_open in found.items() if open_ in (None, is_open)}
