"""Texts on their way into a fact of the lab: masked, but for what the lab planted itself."""

from __future__ import annotations

from gonogo.facts.traffic import Match
from gonogo.prove.lab.room import Room
from gonogo.screen.text import screened as screened_text


def screened(room: Room, text: str, where: str, limit: int = 4000) -> tuple[str, tuple[Match, ...]]:
    """Return the text that a fact may hold, at most `limit` characters, and what was found in the whole."""
    attack = room.script.attack
    known = room.planted | ({attack.id: attack.canary} if attack is not None and attack.canary else {})
    return screened_text(text, where, room.digest_key, known, limit)
