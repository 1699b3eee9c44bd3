"""The one entrance of collectors: a text goes in, and what may be kept of it comes out, with what was found in it."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.facts.traffic import Match
from gonogo.screen import secrets

LIMIT = 4_000
MOST = 400_000
"""What is read of one text; of longer ones the rest is cut off, and never kept."""


def screened(
    text: str, where: str, key: bytes, canaries: Mapping[str, str] | None = None, limit: int = LIMIT
) -> tuple[str, tuple[Match, ...]]:
    """Return `text` with secrets masked, cut to `limit` characters, and what was found in it at `where`.

    `canaries` are planted texts by id: they stay readable. Digests are keyed by `key`.
    """
    text = text[:MOST]
    planted = [(found, name) for name, word in (canaries or {}).items() if word and (found := text.find(word)) >= 0]
    spans = [(at, at + len((canaries or {})[name])) for at, name in planted]
    matches = [Match(detector="canary", where=where, canary=name) for _, name in sorted(planted)]
    parts, last = [], 0
    for match in secrets.find(text):
        if any(match.start < end and start < match.end for start, end in spans):
            continue
        word = text[match.start : match.end]
        matches.append(Match(detector=f"secret:{match.rule}", where=where, digest=secrets.digest(word, key)))
        parts += [text[last : match.start], secrets.shown(word)]
        last = match.end
    return "".join([*parts, text[last:]])[:limit], tuple(matches)
