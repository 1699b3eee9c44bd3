"""Who is who: keys of the law in force to people, and when two entries are one person."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

from gonogo.facts import Signer, System
from gonogo.facts.declaration import Person

_PREFIX = "ed25519:"


def key_id(public: str | None) -> str | None:
    """Return the id (`SHA256:...`) of a public key as gonogo.yaml writes it (`ed25519:<base64>`, perhaps a comment)."""
    word = ((public or "").split() or [""])[0]
    try:
        raw = base64.b64decode(word.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not word.startswith(_PREFIX) or len(raw) != 32:
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def _same_word(a: str | None, b: str | None) -> bool:
    return bool(a and b) and (a or "").strip().casefold() == (b or "").strip().casefold()


def same_person(a: Person, b: Person) -> bool:
    """Tell whether two entries are one person: the same name, address or key. A second key makes no second person."""
    keys = key_id(a.key)
    return _same_word(a.name, b.name) or _same_word(a.email, b.email) or (keys is not None and keys == key_id(b.key))


def goes_by(person: Person, word: str) -> bool:
    """Tell whether `word` (a name, an address or a key id) names this person."""
    return any(_same_word(word, own) for own in (person.name, person.email)) or word == key_id(person.key)


class Roster:
    """The people whom the law in force knows by key. Without a law nobody is known."""

    def __init__(self, system: System | None) -> None:
        """Index the law's people by the id of their key."""
        self.approvers = system.approvers if system else ()
        others = (*system.owners, *system.rota, *system.contacts) if system else ()
        self._people = (*self.approvers, *others)

    def person(self, key: str) -> Person | None:
        """Return the person who holds the key, whatever their part."""
        return next((p for p in self._people if key_id(p.key) == key), None)

    def approver(self, key: str) -> Person | None:
        """Return the approver who holds the key."""
        return next((p for p in self.approvers if key_id(p.key) == key), None)

    def entries(self, person: Person) -> tuple[Person, ...]:
        """Return all entries that are one person, in the law's order: one may hold the address that another lacks."""
        same = [person]
        for known in same:
            same += [p for p in self._people if all(p is not s for s in same) and same_person(p, known)]
        return tuple(p for p in self._people if any(p is s for s in same)) or (person,)

    def is_one_of(self, person: Person, words: Iterable[str]) -> bool:
        """Tell whether a person goes, under any of their entries, by one of `words`."""
        mine = self.entries(person)
        return any(goes_by(p, word) for p in mine for word in words)

    def has_address(self, person: Person) -> bool:
        """Tell whether the law gives an address, without which nobody can tell whether they wrote a commit."""
        return any(p.email for p in self.entries(person))


def called(signer: Signer, roster: Roster) -> str:
    """Return what to call a signer: the first name the law has for the person, else the id of the key."""
    person = roster.person(signer.key)
    return roster.entries(person)[0].name if person else signer.key
