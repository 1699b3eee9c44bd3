"""Each declared admin action without a credential, as a user and as an administrator; and the usual consoles."""

from __future__ import annotations

from gonogo.facts.lab_declaration import AdminAction
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.drive.routes import CONSOLES, UNKNOWN
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script


async def play(play: Play) -> None:
    """Play everybody who may not first, so that what they change is seen before the administrator comes."""
    session, system = play.session, play.system
    await play.ready()
    session.room.play(play.scenario.scenario, "healthy", Script())
    for journey in system.journeys[:1]:
        await session.ask(ask(journey, play.new_id()))
    play.done.append("healthy")
    session.room.case = "console"
    for path in (UNKNOWN, *CONSOLES):
        await session.ask(Ask(id=play.new_id(), name=path, method="GET", path=path, said=path, deadline_s=15), "admin")
    play.done.append("console")
    users = {
        "nobody": None,
        "user": next((i.name for i in system.identities if i.role != "admin"), None),
        "admin": next((i.name for i in system.identities if i.role == "admin"), None),
    }
    for action in system.lab.admin if system.lab else ():
        for case, who in users.items():
            if case != "nobody" and who is None:
                continue
            session.room.case = case
            await _read(play, action, users["admin"], "before")
            await session.ask(_asked(play, action, who), "admin")
            await _read(play, action, users["admin"], "after")
    play.sent += len(CONSOLES) + 1 + 3 * len(system.lab.admin if system.lab else ())
    play.done += list(users)
    session.read_logs()


def _asked(play: Play, action: AdminAction, who: str | None) -> Ask:
    body = None if action.method in ("GET", "HEAD") else encoded({} if action.body is None else action.body)
    headers = {} if isinstance(action.body, str) or body is None else {"Content-Type": "application/json"}
    return Ask(
        id=play.new_id(), name=action.name, method=action.method, path=action.path, headers=headers, body=body,
        identity=who, said=action.name, deadline_s=15,
    )  # fmt: skip


async def _read(play: Play, action: AdminAction, who: str | None, when: str) -> None:
    if action.reads:
        asked = Ask(id=play.new_id(), name=f"{action.name}: {when}", method="GET", path=action.reads, identity=who,
                    said=when, deadline_s=15)  # fmt: skip
        await play.session.ask(asked, "state")
