"""Aims attacks: which of a set are played, and where each goes in."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from gonogo.prove.lab.attacks.forms import encoded
from gonogo.prove.lab.attacks.load import attacks
from gonogo.prove.lab.scenario import Attacks
from gonogo.prove.lab.script import Answer, Attack, Fault, Script


def picked(wanted: Attacks, limit: int | None, home: Path | None = None) -> list[Attack]:
    """Return the attacks of the sets in each of the forms, at most `limit`, spread evenly over techniques and forms.

    `home` is where a team keeps sets of its own.
    """
    known = [a for a in attacks(wanted.sets, home) if wanted.only is None or a.benign == (wanted.only == "look-alikes")]
    groups: dict[tuple[str, str], list[Attack]] = {}
    for form in wanted.forms:
        for attack in known:
            if not (form != "plain" and attack.benign):
                made = attack if form == "plain" else encoded(attack, form)
                groups.setdefault((attack.technique, form), []).append(made)
    rounds = zip_longest(*groups.values())
    spread = [attack for each in rounds for attack in each if attack is not None]
    return spread if limit is None else spread[:limit]


def aimed(script: Script, attack: Attack) -> Script:
    """Return the script with the attack under way, in a document, a tool's result or description, or an answer."""
    if attack.place in ("document", "tool-result"):
        poisoned = Fault(fault="poisoned", boundary="retrieval" if attack.place == "document" else "tool")
        return replace(script, attack=attack, faults=(*script.faults, poisoned))
    if attack.place == "tool-description":
        poisoned = Fault(fault="poisoned", boundary="tool", operations=("tools/list",))
        return replace(script, attack=attack, faults=(*script.faults, poisoned))
    if attack.place == "model-answer":
        return replace(script, attack=attack, answers=(Answer(text=attack.text), *script.answers))
    return replace(script, attack=attack)
