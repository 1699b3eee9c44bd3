"""Texts on their way into a fact of the lab: masked, but for what the lab planted itself."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from gonogo.facts.traffic import Match
from gonogo.prove.lab.room import Room
from gonogo.screen.text import screened as screened_text


def screened(room: Room, text: str, where: str, limit: int = 4000) -> tuple[str, tuple[Match, ...]]:
    """Return the text that a fact may hold, at most `limit` characters, and what was found in the whole."""
    attack = room.script.attack
    known = room.planted | ({attack.id: attack.canary} if attack is not None and attack.canary else {})
    if len(text) > _REPEATED:
        return screened_text(text, where, room.digest_key, known, limit)
    kept, found = _screened(text, room.digest_key, tuple(known.items()), limit)
    return kept, tuple([msgspec.structs.replace(match, where=where) for match in found]) if found else ()


_REPEATED = 8_000
"""Characters of a text that is screened once where it comes again, as the turns of a conversation do."""


@lru_cache(maxsize=2048)
def _screened(text: str, key: bytes, known: tuple[tuple[str, str], ...], limit: int) -> tuple[str, tuple[Match, ...]]:
    return screened_text(text, "", key, dict(known), limit)
