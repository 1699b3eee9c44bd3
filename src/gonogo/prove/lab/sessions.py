"""Sessions of the app's users: opened, and ended, as gonogo.yaml says."""

from __future__ import annotations

import dataclasses
from http.cookies import CookieError, SimpleCookie

from gonogo.errors import CollectError
from gonogo.facts import Exchange
from gonogo.facts.lab_declaration import EdgeRequest
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import Ask, ask, encoded
from gonogo.prove.lab.play import Play

PURPOSE = "session"
"""The purpose of exchanges that open and end sessions."""
MEND = "say in lab: {sessions: ...} of gonogo.yaml how a session is opened"


async def opened(play: Play, who: str) -> dict[str, str]:
    """Open a session of an identity and return the headers that carry it; raises `CollectError` where none opens."""
    declared = play.system.lab.sessions if play.system.lab else None
    if declared is None:
        raise CollectError("no session is declared", mend=MEND)
    exchange = await asked(play, declared.open, "open", identity=who)
    came = play.session.came
    if exchange.status is None or exchange.status >= 400 or came is None:
        raise CollectError(f"no session could be opened: status {exchange.status}", mend=MEND)
    if declared.token is not None:
        token = value_at(came.content.decode("utf-8", "replace"), declared.token)
        if not isinstance(token, str):
            raise CollectError(f"the response that opens a session holds no token at {declared.token}", mend=MEND)
        return {declared.header: declared.prefix + token}
    jar = SimpleCookie()
    for name, value in came.headers.items():
        if name.lower() == "set-cookie":
            try:
                jar.load(value)
            except CookieError:
                continue
    if not jar:
        raise CollectError("the response that opens a session sets no cookie", mend=MEND)
    return {"Cookie": "; ".join(f"{m.key}={m.coded_value}" for m in jar.values())}


async def within(play: Play, headers: dict[str, str], said: str = "") -> Exchange:
    """Send the first journey within a session; `said` names the question that it answers."""
    journey = play.system.journeys[0]
    play.sent += 1
    made = ask(journey, play.new_id(), headers=headers)
    return await play.session.ask(dataclasses.replace(made, identity=None, said=said))


async def asked(
    play: Play, request: EdgeRequest, name: str, *, identity: str | None = None, of: str = "",
    headers: dict[str, str] | None = None,
) -> Exchange:  # fmt: skip
    """Send a declared request, as `identity` or with a session's `headers`, about the user `of`."""
    kind = {} if request.body is None or isinstance(request.body, str) else {"Content-Type": "application/json"}
    play.sent += 1
    return await play.session.ask(
        Ask(
            id=play.new_id(), name=name, method=request.method.upper(), path=request.path.replace("{identity}", of),
            headers={**kind, **(headers or {})}, body=encoded(request.body), identity=identity,
            deadline_s=15, said=name,
        ),
        PURPOSE,
    )  # fmt: skip
