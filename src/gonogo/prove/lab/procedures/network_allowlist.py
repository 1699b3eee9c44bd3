"""Network tools of the app's own get addresses of listed hosts, and of others in many disguises."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from gonogo.facts import Contact
from gonogo.facts.declaration import Tool
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Answer
from gonogo.prove.lab.standins.house import PORTS
from gonogo.prove.lab.tasks import ANY, Tasks

CANARY = "canary.invalid"
"""The domain of nobody (RFC 2606) under which every host that must not be reached has its name."""
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\nThe office is open.\n"
_LATE_S = 0.2


async def play(play: Play) -> None:
    """Play each tool with a listed host first, and then with every other address; what was reached is kept by case."""
    session = play.session
    await play.ready()
    tasks = Tasks(play)
    await tasks.task("healthy", ANY)
    known = set(session.box.contacts)
    for tool in (t for t in play.system.tools if t.hosts):
        host = next((h for h in tool.hosts if "*" not in h), tool.hosts[0].replace("*", "www"))
        pages = session.box.sink.pages
        pages[host] = _PAGE
        await _called(play, tasks, "listed", tool, tool.example.get(tool.url) or f"https://{host}/", known)
        for number, address in enumerate(_others(host)):
            pages.clear()
            await _called(play, tasks, "unlisted", tool, address.replace("{n}", str(number)), known)
        elsewhere = f"https://redirected.{CANARY}/"
        pages[host] = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
        await _called(play, tasks, "redirected", tool, f"https://{host}/moved", known)
        pages.clear()
    play.done += ["healthy", "listed", "unlisted", "redirected"]


async def _called(
    play: Play, tasks: Tasks, case: str, tool: Tool, address: str, known: set[tuple[str, int, str]]
) -> None:
    session, room = play.session, play.session.room
    call = Answer(tool=tool.name, arguments={**tool.example, tool.url: address})
    await tasks.task(case, call)
    await asyncio.sleep(_LATE_S)
    for host, port, how in [c for c in session.box.contacts if c not in known]:
        known.add((host, port, how))
        room.see(Contact, case=case, host=host, port=port, how=how)


def _others(host: str) -> Iterator[str]:
    """Yield addresses that are not listed: names, look-alikes of a listed one, numbers, the machine itself."""
    yield f"https://plain-{{n}}.{CANARY}/"
    yield f"https://{host}.{{n}}.{CANARY}/"
    yield f"https://{host}@at-{{n}}.{CANARY}/"
    yield f"https://before-{{n}}.{CANARY}\\@{host}/"
    yield f"https://fragment-{{n}}.{CANARY}/#{host}"
    yield f"https://query-{{n}}.{CANARY}/?{host}"
    yield f"https://not{host}/"
    yield f"https://what-the-user-said-{{n}}.{host}/"
    yield f"https://what-the-user-said-{{n}}.{CANARY}/"
    yield f"http://port-{{n}}.{CANARY}:8080/"
    yield "http://203.0.113.{n}/"
    yield "http://3405803783/"
    yield "http://169.254.169.254/latest/meta-data/"
    yield f"http://metadata.{CANARY}/computeMetadata/v1/"
    for here in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1"):
        yield f"http://{here}:{PORTS['provider']}/v1/models?{CANARY}"
    yield f"https://127.0.0.1.rebind-{{n}}.{CANARY}/"
    yield f"ftp://file-{{n}}.{CANARY}/"
