"""The one entrance of collectors: a text goes in, and what may be kept of it comes out, with what was found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gonogo.facts.traffic import Match
from gonogo.screen import personal, secrets

LIMIT = 4_000
MOST = 400_000
"""What is read of one text; of longer ones the rest is cut off, and never kept."""


def screened(
    text: str, where: str, key: bytes, canaries: Mapping[str, str] | None = None, limit: int = LIMIT
) -> tuple[str, tuple[Match, ...]]:
    """Return `text` with secrets and personal data masked, at most `limit` characters, and what was found at `where`.

    `canaries` are planted texts by id: they stay readable. Digests are keyed by `key`.
    """
    text = text[:MOST]
    planted = {name: spans for name, word in (canaries or {}).items() if word and (spans := _places(text, word))}
    taken = [span for spans in planted.values() for span in spans]
    first = sorted((spans[0][0], name) for name, spans in planted.items())
    matches = [Match(detector="canary", where=where, canary=name) for _, name in first]
    hidden: list[tuple[int, int, str]] = []
    for start, end, detector, shown in _found(text):
        if not any(start < other_end and other < end for other, other_end in taken):
            matches.append(Match(detector=detector, where=where, digest=secrets.digest(text[start:end], key)))
            hidden.append((start, end, shown))
            taken.append((start, end))
    parts, last = [], 0
    for start, end, shown in sorted(hidden):
        parts += [text[last:start], shown]
        last = end
    return "".join([*parts, text[last:]])[:limit], tuple(matches)


def _places(text: str, word: str) -> list[tuple[int, int]]:
    """Return where `word` stands in `text`, each time."""
    found, at = [], text.find(word)
    while at >= 0:
        found.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    return found


def _found(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield what must not be kept: start, end, detector, and what is shown instead. Secrets come first and win."""
    for secret in secrets.find(text):
        yield secret.start, secret.end, f"secret:{secret.rule}", secrets.shown(text[secret.start : secret.end])
    for datum in personal.find(text):
        yield datum.start, datum.end, datum.type, f"[{datum.type}]"
