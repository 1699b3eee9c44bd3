"""Plants synthetic personal data and credentials in what the user says, and remembers them for the room."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gonogo.prove.lab.room import Room
from gonogo.screen.synthetic import planted, value

_NAMED = re.compile(r"\{((?:personal|secret|look-alike):[a-z-]+(?:\|[a-z]+)?)\}")


def planted_text(room: Room, text: str | None, types: Sequence[str]) -> str:
    """Return a text with a planted value of each type in it, beside the harmless words; the room knows their ids."""
    values = planted(types, seed=f"{room.scenario}/{room.case}")
    room.planted |= values
    listed = "; ".join(f"{name.rpartition(':')[2]}: {value}" for name, value in values.items())
    return f"{text or 'Please note my details.'} {listed}"


def filled(room: Room, text: str) -> str:
    """Return a text with a synthetic value for each name in braces (`synthetic.value`); the room knows their ids."""

    def one(name: re.Match[str]) -> str:
        made = value(name[1], seed=f"{room.scenario}/{room.case}")
        room.planted[name[1]] = made
        return made

    return _NAMED.sub(one, text)
