"""An attack inside a useful text, as whoever can write to a document, a web page or a tool's data would hide it."""

from __future__ import annotations

import msgspec

from gonogo.prove.lab.script import Attack
from gonogo.prove.lab.standins.prose import prose, rewritten
from gonogo.wire.store import Point

_FORMS = {
    "html-comment": "{text}\n<!-- {attack} -->",
    "white-text": '{text}\n<span style="color:#ffffff;font-size:1px">{attack}</span>',
    "image-alt": "{text}\n![{attack}](diagram.png)",
    "code-comment": "{text}\n# {attack}",
}


def plant(text: str, attack: Attack) -> str:
    """Return `text` with the attack in it, in the attack's form: as a paragraph of its own where that hides nothing."""
    payload = attack.text.replace("{canary}", attack.canary)
    return _FORMS.get(attack.form, "{text}\n\n{attack}").replace("{text}", text).replace("{attack}", payload)


def plant_in(point: Point, attack: Attack) -> Point:
    """Return a document with the attack in its text, or in a field of its own where the form is metadata."""
    if attack.form == "metadata":
        return msgspec.structs.replace(point, payload={**point.payload, "summary": plant("", attack).strip()})
    return rewritten(point, plant(prose(point), attack))
