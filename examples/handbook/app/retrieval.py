"""Finds the pages of the handbook that share the most telling words with a question."""

import math
import re
from collections import Counter
from pathlib import Path

PAGES = {path.name: path.read_text() for path in sorted(Path("pages").glob("*.md"))}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


RARITY = {
    word: math.log(1 + len(PAGES) / count)
    for word, count in Counter(word for page in PAGES.values() for word in set(words(page))).items()
}


def search(question: str, limit: int = 2) -> list[tuple[str, str]]:
    """Return the names and texts of the best pages, best first."""
    wanted = set(words(question))
    score = {name: sum(RARITY.get(w, 0.0) for w in wanted & set(words(page))) for name, page in PAGES.items()}
    best = sorted(score, key=lambda name: (-score[name], name))[:limit]
    return [(name, PAGES[name]) for name in best if score[name] > 0]
