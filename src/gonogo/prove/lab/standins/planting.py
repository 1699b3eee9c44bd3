"""An attack inside a useful text, as whoever can write to a document, a web page or a tool's data would hide it."""

from __future__ import annotations

from gonogo.prove.lab.script import Attack

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
