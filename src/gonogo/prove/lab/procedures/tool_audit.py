"""Tools are called well, in vain, out of scope, with sensitive values, side by side, and while the app is killed."""

from __future__ import annotations

import asyncio

from gonogo.derive.approvals import sensitive
from gonogo.derive.flows import SENSITIVE, receiving
from gonogo.derive.scope import beyond, served
from gonogo.facts import AppLog
from gonogo.prove.lab.auditing import altered, verified
from gonogo.prove.lab.declared_tools import calling
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.screening import screened
from gonogo.prove.lab.script import Answer, Fault
from gonogo.prove.lab.tasks import ANY, FIRST, Tasks
from gonogo.screen.synthetic import value

_AT_ONCE = 4
_KILL_S, _HANG_S = 1.0, 8.0
"""When the app is killed during a call, and how long that call would take."""
_FAILED = Fault(fault="error-result", boundary="tool")


async def play(play: Play) -> None:
    """Play each kind of call; then verify the log as it is, with a record altered, and read it as an auditor does."""
    session, room, system = play.session, play.session.room, play.system
    await play.ready()
    tasks = Tasks(play)

    async def case(name: str, calls: list[Answer], *faults: Fault, send: Send = FIRST) -> None:
        for call in calls:
            await tasks.task(name, call, faults=faults, send=send, approve=True)
        session.read_logs()
        play.done.append(name)

    await case("healthy", [ANY])
    good = {t.name: calling(room, t, t.example) for t in served(system.tools)}
    await case("calls", list(good.values()))
    quiet = {t.name for t in sensitive(served(system.tools))}
    plain = next((call for name, call in good.items() if name not in quiet), ANY)
    await case("failed", [plain], _FAILED)
    await case("refused", [calling(room, t, a, unoffered=True) for t in served(system.tools) for a in [*beyond(t)][:1]])
    await case("parallel", [plain], send=Send(journeys="first", times=_AT_ONCE, parallel=_AT_ONCE))
    for tool, name, kind in receiving(served(system.tools))[:1]:
        room.planted[SENSITIVE] = made = value(f"personal:{kind}", seed=f"{room.run}/audit")
        await case("sensitive", [Answer(tool=tool.name, arguments={**tool.example, name: made})])
    slow = Fault(fault="slow-answer", seconds=_HANG_S, boundary="tool", operations=tuple(good))
    tasks.begin("killed", plain, faults=(slow,))
    under_way = asyncio.ensure_future(play.send(FIRST))
    await asyncio.sleep(_KILL_S)
    await session.stop("KILL")
    await under_way
    session.settle()
    await play.ready()
    session.read_logs()
    play.done.append("killed")
    await _audited(play)


async def _audited(play: Play) -> None:
    session, room, lab = play.session, play.session.room, play.session.settings
    place = next((p for p in sorted(session.box.copy.glob(lab.audit)) if p.is_file()), None) if lab.audit else None
    if place is None:
        return
    if lab.audit_reveal:
        room.case = "revealed"
        ran = await session.box.run(lab.audit_reveal, environment=session.environment(), timeout_s=60)
        for line in ran.stdout.decode(errors="replace").splitlines():
            text, matches = screened(room, line, "revealed")
            room.see(AppLog, stream="revealed", text=text, at_s=round(room.clock(), 4), matches=matches)
        play.done.append("revealed")
    if lab.audit_verify:
        await verified(play, "live", 0)
        whole = place.read_bytes().splitlines(keepends=True)
        at = len(whole) // 2
        place.write_bytes(b"".join([*whole[:at], altered(whole[at]), *whole[at + 1 :]]))
        await verified(play, "altered", at + 1)
        place.write_bytes(b"".join(whole))
