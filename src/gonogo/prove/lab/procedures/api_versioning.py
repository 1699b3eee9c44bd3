"""What clients of the previous release do is done to that release first, and then to this one."""

from __future__ import annotations

import asyncio

from gonogo.facts.lab import SuiteRun
from gonogo.prove.drive.contain import Program
from gonogo.prove.drive.routes import parsed
from gonogo.prove.lab.contract import Operation, operations
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.procedures.contract_tests import MOST_OPERATIONS, SERVED, Again, attempt, file_at, healthy
from gonogo.prove.lab.release import PLACE, lay_out, previous
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Script

_TESTS_S = 300.0


async def play(play: Play) -> None:
    """Start the previous release for comparison, then this one, and let the clients of the previous one ask both."""
    session, system = play.session, play.system
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    ids = await healthy(play, [])
    release = await asyncio.to_thread(previous, session.root, system)
    if release is None:
        play.cut["current"] = "there is no previous release: no tag in git before this commit"
        return
    play.measure("release", 1, text=release)
    place = await asyncio.to_thread(lay_out, session.root, session.box.copy, release)
    service = system.service
    assert service is not None and service.start is not None  # noqa: S101  (the scenario needs it)
    named = service.openapi or SERVED
    session.box.programs["previous"] = Program(
        name="previous", command=service.start, directory=f"{PLACE}/{service.directory}", port=service.port
    )
    written = None if named.startswith("/") else file_at(place / named)
    document = operations(written)
    await session.end("service")
    session.room.play(play.scenario.scenario, "previous", Script())
    if await session.begin("previous"):
        served = operations(parsed(await session.get(named if named.startswith("/") else SERVED)))
        document = served or document
        await _as_clients(play, document, ids, _anew(play))
        play.done.append("previous")
    else:
        play.cut["previous"] = f"{release} does not start as this release does"
    await play.anew()
    session.room.play(play.scenario.scenario, "current", Script())
    await _as_clients(play, document, ids, session.restart)
    play.done.append("current")


def _anew(play: Play) -> Again:
    async def again() -> None:
        await play.session.end("previous")
        await play.session.begin("previous")

    return again


async def _as_clients(play: Play, document: list[Operation], ids: dict[str, str], again: Again) -> None:
    """Run the contract tests of the previous release, and send the requests that follow from its document."""
    play.tell(f"{play.scenario.scenario}: {play.session.room.case}")
    await _tests(play)
    for operation in document[:MOST_OPERATIONS]:
        for tried in operation.requests(ids):
            await attempt(play, operation, tried, tried.source, again)


async def _tests(play: Play) -> None:
    session, room = play.session, play.session.room
    service = play.system.service
    if service is None or not service.contract:
        return
    command = [word.replace("{url}", f"http://127.0.0.1:{service.port}") for word in service.contract]
    place = f"{PLACE}/{service.directory}"
    ran = await session.box.run(command, environment=session.environment(), directory=place, timeout_s=_TESTS_S)
    said = (ran.stdout + b"\n" + ran.stderr).decode(errors="replace").strip()[-2_000:]
    room.see(
        SuiteRun,
        command=tuple(service.contract),
        exit_code=ran.exit_code,
        seconds=round(ran.seconds, 2),
        said=screened(room, said, "tests")[0],
    )
