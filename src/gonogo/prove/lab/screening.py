"""Texts on their way into a fact: secrets masked and matched, the planted canary of the attack readable and matched."""

from __future__ import annotations

from gonogo.facts.traffic import Match
from gonogo.prove.lab.room import Room
from gonogo.screen import secrets


def screened(room: Room, text: str, where: str, limit: int = 4000) -> tuple[str, tuple[Match, ...]]:
    """Return the text that a fact may hold, at most `limit` characters, and what was found in the whole."""
    found = [
        Match(
            detector=f"secret:{match.rule}",
            where=where,
            digest=secrets.digest(text[match.start : match.end], room.digest_key),
        )
        for match in secrets.find(text)
    ]
    attack = room.script.attack
    if attack is not None and attack.canary and attack.canary in text:
        digest = secrets.digest(attack.canary, room.digest_key)
        found.append(Match(detector="canary", where=where, digest=digest, canary=attack.id))
    return secrets.mask(text)[:limit], tuple(found)
