"""Texts on their way into a fact of the lab: masked, but for what the lab planted itself."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from gonogo.facts.traffic import Match
from gonogo.prove.lab.room import Room
from gonogo.screen.text import screened as screened_text

_REPEATED = range(256, 8_000)
"""Characters of a text that is screened once where it comes again, as prompts and the turns of a conversation do.

A shorter one is screened as fast as looked up; a longer one does not come often.
"""

_KEPT = 2_048
"""How many of them a room remembers; then it begins anew."""


def screened(room: Room, text: str, where: str, limit: int = 4000) -> tuple[str, tuple[Match, ...]]:
    """Return the text that a fact may hold, at most `limit` characters, and what was found in the whole."""
    attack = room.script.attack
    known = room.planted
    if attack is not None and attack.canary:
        known = known | {attack.id: attack.canary}
    if len(text) not in _REPEATED:
        return screened_text(text, where, room.digest_key, known, limit)
    written = text.encode("utf-8", "surrogatepass")
    name = (blake2b(written, key=room.digest_key, digest_size=16).digest(), limit, *known.items())
    if (before := room.screened.get(name)) is None:
        if len(room.screened) >= _KEPT:
            room.screened.clear()
        before = room.screened[name] = screened_text(text, "", room.digest_key, known, limit)
    kept, found = before
    return kept, found and tuple(msgspec.structs.replace(match, where=where) for match in found)
