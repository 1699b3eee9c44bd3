"""Patterns of abuse, each until it is blocked or long enough; before them a heavy user, who does nothing wrong."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import secrets
import string
from collections.abc import Iterator

from gonogo.facts import Exchange
from gonogo.prove.drive.answers import value_at
from gonogo.prove.drive.asking import Ask, ask
from gonogo.prove.drive.environment import credential
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.scenario import Send
from gonogo.prove.lab.script import Script

PURPOSE = "abuse"
HEAVY, MOST = 40, 58
"""How often the heavy user asks, and the abuser at most: both less than the limit of requests that anybody has."""
_BLOCKED = (403, 429)
_SETTLE_S = 0.2


async def play(play: Play) -> None:
    """Play each pattern in an app that was started anew: all come from one address, and blocks outlive a pattern."""
    room = play.session.room
    await play.ready()
    room.play(play.scenario.scenario, "healthy", Script())
    await play.send(Send(journeys="first"))
    known = await _known(play)
    play.done.append("healthy")
    room.case = "heavy-user"
    await play.send(Send(journeys="first", times=HEAVY))
    play.done.append("heavy-user")
    for case, asks in (
        ("guessing", _guesses(play)),
        ("many-keys", _keys(play)),
        ("refusals", _refused(play)),
        ("scraping", _scraped(play, known)),
    ):
        await play.anew()
        room.play(play.scenario.scenario, case, Script())
        play.tell(f"{play.scenario.scenario}: {case}")
        await _until_blocked(play, asks)
        await asyncio.sleep(_SETTLE_S)
        play.session.read_logs()
        play.done.append(case)


async def _until_blocked(play: Play, asks: Iterator[Ask]) -> None:
    """Send requests of one pattern until one is answered as a blocked caller is, and one more."""
    usual: int | None = None
    for number, asked in enumerate(asks):
        came = await play.session.ask(asked, PURPOSE)
        play.sent += 1
        usual = came.status if number == 0 else usual
        if came.status in _BLOCKED and came.status != usual:
            break
    after = next(asks, None)
    if after is not None:
        await play.session.ask(after, PURPOSE)


def _journey(play: Play, name: str, headers: dict[str, str] | None = None) -> Ask:
    made = ask(play.system.journeys[0], play.new_id(), headers=headers)
    return dataclasses.replace(made, name=name, said=name, deadline_s=15)


def _header(play: Play) -> tuple[str, str]:
    """Return the header that carries a credential, and a good value of it."""
    who = play.system.journeys[0].identity or play.system.identities[0].name
    return next(iter(credential(play.system, who).items()), ("Authorization", "Bearer gonogo-lab"))


def _guesses(play: Play) -> Iterator[Ask]:
    """Yield requests whose credential differs from a good one in its last characters."""
    name, value = _header(play)
    for number in range(MOST):
        yield dataclasses.replace(_journey(play, "guess", {name: f"{value[:-3]}{number:03d}"}), identity=None)


def _keys(play: Play) -> Iterator[Ask]:
    """Yield requests with a credential made up anew."""
    name, value = _header(play)
    scheme = f"{value.split(' ')[0]} " if " " in value else ""
    for _ in range(MOST):
        yield dataclasses.replace(_journey(play, "key", {name: f"{scheme}{secrets.token_urlsafe(24)}"}), identity=None)


def _refused(play: Play) -> Iterator[Ask]:
    """Yield requests that no service takes, with a good credential."""
    for _ in range(MOST):
        yield dataclasses.replace(_journey(play, "bad request"), body=b'{"no such field": ')


async def _known(play: Play) -> tuple[str, str]:
    """Return the path of objects of a user and the id of one, or what stands for that where none is declared."""
    owned = next(iter(play.system.lab.owned), None) if play.system.lab else None
    journey = next((j for j in play.system.journeys if owned and j.name == owned.journey), None)
    if owned is None or journey is None:
        return "/items/{id}", secrets.token_hex(4)
    made: Exchange = await play.session.ask(ask(journey, play.new_id()))
    return owned.path, str(value_at(made.body, owned.id) or secrets.token_hex(4))


def _scraped(play: Play, known: tuple[str, str]) -> Iterator[Ask]:
    """Yield requests for objects by ids of the form of one that there is, with a good credential."""
    path, id = known
    draw = random.Random(play.scenario.scenario)  # noqa: S311  (repeatable, not secret)
    for _ in range(MOST):
        made = _journey(play, "scrape")
        other = "".join(_like(c, draw) for c in id)
        yield dataclasses.replace(made, method="GET", path=path.replace("{id}", other), body=None)


def _like(character: str, draw: random.Random) -> str:
    """Return a character of the same kind: a digit, a letter that may be hexadecimal, or itself."""
    if character in string.digits:
        return draw.choice(string.digits)
    return draw.choice("abcdef") if character in "abcdef" else character
