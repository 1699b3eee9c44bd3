"""Documents with known dates, categories and tenants, asked for with each declared filter, and without any."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gonogo.errors import CollectError
from gonogo.prove.drive.asking import Ask, ask, encoded, with_text
from gonogo.prove.lab.indexing import Indexer
from gonogo.prove.lab.pages import QUESTION, Page, pages, short
from gonogo.prove.lab.play import Play
from gonogo.prove.lab.script import Script

FIRST, LAST = "2025-03-31", "2025-11-01"
"""Two documents are as old as LAST or younger, two as old as FIRST or older; the boundary days are among them."""
VALUES = {"since": LAST, "until": FIRST}
HOUSE, ONE, OTHER = "house", "travel", "pay"
_KNOWN = (
    (FIRST, HOUSE), ("2025-03-30", ONE), ("2025-04-01", HOUSE), ("2025-10-31", HOUSE), (LAST, OTHER),
    ("2025-11-02", HOUSE),
)  # fmt: skip
"""Date and category of each document of a tenant."""


async def play(play: Play) -> None:
    """Play the plain question first, then each filter, then the other tenant and nobody."""
    session, system = play.session, play.system
    await play.ready()
    indexer = Indexer(play)
    session.room.play(play.scenario.scenario, "ingest", Script())
    tenants = {i.tenant: i.name for i in reversed(system.identities) if i.tenant}
    mine = next((i for i in system.identities if i.name == system.journeys[0].identity), None)
    own = (mine and mine.tenant) or ""
    others = [t for t in tenants if t != own][:1] if own else []
    indexer.put(*_documents([own, *others]))
    await indexer.run()
    indexer.read_back()

    async def case(name: str, more: Mapping[str, Any], who: str | None = None) -> None:
        session.room.play(play.scenario.scenario, name, Script())
        play.tell(f"{play.scenario.scenario}: {name}")
        await session.ask(_narrowed(play, more, who))
        play.sent += 1
        play.done.append(name)

    await case("healthy", {})
    for kind, more in indexer.index.narrowing.items():
        if more:
            await case(kind, _filled(more, VALUES.get(kind, FIRST), HOUSE if kind == "none" else ONE))
    for tenant in others:
        await case("other-tenant", {}, tenants[tenant])


def _documents(tenants: list[str]) -> list[Page]:
    """Return six documents for each tenant, that differ in words and not in what they say of themselves."""
    made = []
    for number, page in enumerate(map(short, pages())):
        date, category = _KNOWN[number % len(_KNOWN)]
        if number // len(_KNOWN) < len(tenants):
            made.append(replace(page, date=date, category=category, tenant=tenants[number // len(_KNOWN)]))
    return made


def _narrowed(play: Play, more: Mapping[str, Any], who: str | None) -> Ask:
    """Return the first journey, asking for all documents, with a filter in its body."""
    journey = play.system.journeys[0]
    asked = ask(journey, play.new_id(), text=QUESTION, identity=who)
    if not more:
        return asked
    body = with_text(journey.body, QUESTION)
    if not isinstance(body, dict):
        raise CollectError(
            f"the body of the journey {journey.name} is no mapping, so that no filter can be added to it",
            mend="make the first journey in gonogo.yaml one whose body is a mapping",
        )
    return replace(asked, body=encoded(merged(body, more)))


def merged(body: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with further fields; mappings on both sides are merged in turn."""
    both = {
        key: merged(body[key], value) if isinstance(value, dict) and isinstance(body.get(key), dict) else value
        for key, value in more.items()
    }
    return {**body, **both}


def _filled(more: Mapping[str, Any], date: str, category: str) -> dict[str, Any]:
    """Put values into the places that a declared filter leaves for them."""
    text = json.dumps(more).replace("{date}", date).replace("{category}", category).replace("{other}", OTHER)
    filled: dict[str, Any] = json.loads(text)
    return filled
