"""Whether an attack arrived at the model: whatever form it took on the way, a model would have understood it."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.prove.lab.script import Attack
from gonogo.screen.canaries import holds


def arrived(attack: Attack, texts: Iterable[str]) -> bool:
    """Tell whether the attack's canary, or where it has none its whole text, is in one of `texts`, decoded."""
    word = attack.canary or attack.text
    return any(holds(text, word) for text in texts)
