"""Attack sets: YAML files with a version, ours in `data/`, a team's own in `gonogo/attacks/`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gonogo.errors import UsageError
from gonogo.prove.lab.script import STRICT, Attack
from gonogo.system.problems import nearest, one
from gonogo.system.shape import read

BUILT_IN = Path(__file__).parent / "data"
OWN = Path("gonogo") / "attacks"


@dataclass(frozen=True, kw_only=True)
class AttackSet:
    """A set of attacks."""

    __pydantic_config__ = STRICT
    set: str
    """Its name."""
    version: int
    """Raised when an attack is added or changed."""
    about: str
    """One sentence about it."""
    licence: str = "Apache-2.0"
    """Licence of its texts."""
    attacks: tuple[Attack, ...]
    """The attacks."""


def sets(home: Path | None = None) -> dict[str, AttackSet]:
    """Return every set by name; raises `SystemFileError` for a wrong file or an id that stands twice."""
    places = [*sorted(BUILT_IN.glob("*.yaml"))] + (sorted((home / OWN).glob("*.y*ml")) if home else [])
    found: dict[str, AttackSet] = {}
    for place in places:
        made = read(place, AttackSet, place.name)
        ids = [attack.id for attack in made.attacks]
        if twice := next((i for i in ids if ids.count(i) > 1), None):
            raise one(place.name, None, f"the attack {twice!r} stands twice")
        found[made.set] = made
    return found


def attacks(names: Sequence[str], home: Path | None = None) -> list[Attack]:
    """Return the attacks of the named sets, each with its canary filled in; raises `UsageError` for an unknown set."""
    known = sets(home)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no attack set {name!r}{nearest(name, known)}", mend="gonogo lab --list")
    return [armed(attack, name) for name in names for attack in known[name].attacks]


def armed(attack: Attack, name: str) -> Attack:
    """Return the attack with a canary of its own in its text: a word that stands in no other text."""
    digest = hashlib.sha256(f"{name}/{attack.id}".encode()).hexdigest()
    canary = attack.canary or f"ORCHID{digest[:8].upper()}"
    return replace(attack, canary=canary, text=attack.text.replace("{canary}", canary))
