"""The OpenAPI document is taken at its word: its examples, requests by its schemas, malformed ones, the model away."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path

from gonogo.facts.lab import OperationCall
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.drive.environment import credential
from gonogo.prove.drive.routes import Route, known, parsed
from gonogo.prove.lab.contract import Operation, Tried, operations
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.procedures.authentication import owner_of
from gonogo.prove.lab.script import Fault, Script

SERVED = "/openapi.json"
"""Where services serve their document where nothing else is declared."""
_AWAY = Script(faults=(Fault(fault="status", status=500),))
MOST_OPERATIONS = 100
"""So many operations are tried."""
Again = Callable[[], Awaitable[object]]


async def play(play: Play) -> None:
    """Play the healthy journeys, each operation of the document, and its valid request with the model away."""
    session, scenario = play.session, play.scenario.scenario
    await play.ready()
    session.room.play(scenario, "healthy", Script())
    service = play.system.service
    named = (service and service.openapi) or SERVED
    served = parsed(await session.get(named if named.startswith("/") else SERVED))
    written = None if named.startswith("/") else file_at(session.root / named)
    document = served if operations(served) else written
    found = operations(document)
    ids = await healthy(play, found)
    if not found:
        play.cut["operations"] = "there is no OpenAPI document (version 3) at service.openapi, or at /openapi.json"
        return
    await _undocumented(play, found, written, served)
    for case, script in (("operations", Script()), ("away", _AWAY)):
        session.room.play(scenario, case, script)
        await session.follow(script)
        for operation in found[:MOST_OPERATIONS]:
            play.tell(f"{scenario}: {case}: {operation.method} {operation.route}")
            for tried in operation.requests(ids):
                if case == "operations" or tried.source == "schema":
                    await attempt(play, operation, tried, tried.source if case == "operations" else case)
        play.done.append(case)


async def healthy(play: Play, found: list[Operation]) -> dict[str, str]:
    """Play each journey, hold it against the document, and return ids of what they made, by path parameter."""
    session, ids = play.session, {}
    for journey in play.system.journeys:
        exchange = await session.ask(ask(journey, play.new_id()))
        play.sent += 1
        if journey.path and not journey.command:
            _keep(play, _operation(found, journey.method, journey.path), journey.method, journey.path, "journey")
        for owned in play.system.lab.owned if play.system.lab else ():
            if owned.journey == journey.name:
                ids["id"] = str(value_at(session.came.content.decode("utf-8", "replace"), owned.id) or exchange.journey)
    play.done.append("healthy")
    return ids


async def attempt(play: Play, operation: Operation, tried: Tried, source: str, again: Again | None = None) -> None:
    """Send one request, by whom it is for; where it is guarded, a valid one once without a credential too.

    `again` starts what limits its users anew; the declared service by default.
    """
    who = owner_of(play.system, Route(operation.route, operation.method))
    own = credential(play.system, who.name) if who and who.variable else {}
    body = encoded(tried.body)
    headers = {**tried.headers, **({"Content-Type": "application/json"} if body is not None else {})}
    asked = Ask(
        id=play.new_id(), name=f"{operation.method} {operation.route}: {tried.name}", method=operation.method,
        path=tried.path, headers={**headers, **own}, body=body, deadline_s=30.0, said=tried.name,
    )  # fmt: skip
    again = again or play.session.restart
    await _sent(play, operation, asked, source, tried.name, again)
    if source == "schema" and operation.guarded:
        bare = dataclasses.replace(asked, id=play.new_id(), headers=headers)
        await _sent(play, operation, bare, "unauthenticated", "no credential", again)


async def _sent(play: Play, operation: Operation, asked: Ask, source: str, name: str, again: Again) -> None:
    session = play.session
    exchange = await session.ask(asked, "contract")
    if exchange.status == 429 and session.service:  # an app that limits its users says nothing else about itself
        _keep(play, operation, operation.method, asked.path, "limited", name)
        await again()
        await session.ask(dataclasses.replace(asked, id=play.new_id()), "contract")
    play.sent += 1
    _keep(play, operation, operation.method, asked.path, source, name)


async def _undocumented(play: Play, found: list[Operation], written: object, served: object) -> None:
    """Ask the routes that code tells of and the document does not; hold the written document against the served one."""
    for route in known(None, play.known, None):
        if route.method == "GET" and not _operation(found, "GET", route.path) and route.route != SERVED:
            asked = Ask(id=play.new_id(), name=route.label, method="GET", path=route.path, deadline_s=30.0, said="code")
            exchange = await play.session.ask(asked, "contract")
            if exchange.status not in (None, 404, 405):
                _keep(play, None, "GET", route.route, "code")
    one, other = ({(o.method, o.route) for o in operations(d)} for d in (written, served))
    for method, path in sorted(one ^ other) if one and other else ():
        where = "in the served document alone" if (method, path) in other else "in the written document alone"
        _keep(play, None, method, path, "published", where)


def _operation(found: list[Operation], method: str, path: str) -> Operation | None:
    return next((o for o in found if o.answers(method, path)), None)


def _keep(play: Play, operation: Operation | None, method: str, path: str, source: str, name: str = "") -> None:
    """Keep what came last, held against the document."""
    room, came = play.session.room, play.session.came
    status = None if source == "published" else came.status
    undocumented: list[str] = []
    mismatches: list[str] = []
    if operation is not None and status is not None:
        kind = next((v for k, v in came.headers.items() if k.lower() == "content-type"), "")
        undocumented, mismatches = operation.differences(status, kind, came.content)
    room.see(
        OperationCall,
        method=method.upper(),
        route=operation.route if operation else path.partition("?")[0],
        source=source,
        name=name,
        status=status,
        error=None if source == "published" else came.error,
        documented=operation is not None,
        undocumented=tuple(undocumented),
        mismatches=tuple(mismatches),
    )


def file_at(place: Path) -> object:
    """Return the document in a file, None where there is none."""
    with contextlib.suppress(OSError):
        return parsed(place.read_bytes())
    return None
