"""The one entrance of collectors: a text goes in, and what may be kept of it comes out, with what was found in it.

Secrets and personal data are masked. What the lab planted itself stays readable, and each match says which it was.
Linear in the text; what is read of one text is bounded, and so is the number of matches that are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from gonogo.facts import traffic
from gonogo.screen import canaries as planting
from gonogo.screen import links, personal, secrets
from gonogo.screen.match import Match, apart, overlap
from gonogo.screen.patterns import Several, sound

LIMIT = 4_000
MOST = 1_000_000
"""Characters that are read of one text; of longer ones the rest is cut off, and never kept."""
SHORT = 4_000
"""Characters of a text that is first looked at as a whole: in long ones something is nearly always found."""
MOST_DECODED = 100_000
"""Characters of one text that are decoded in search of canaries."""
MOST_MATCHES = 200
"""Matches that are kept of one text."""
_ROUNDS = 4


def screened(
    text: str, where: str, key: bytes, canaries: Mapping[str, str] | None = None, limit: int = LIMIT
) -> tuple[str, tuple[traffic.Match, ...]]:
    """Return `text` masked and cut to `limit` characters, and what was found in all of it, at `where`.

    Detectors are `secret:RULE`, the kinds of `screen.personal`, `canary` (also where it stands encoded) and
    `link:FORM`. `canaries` are planted texts by id: they stay readable, what is found within one is not told again, and
    what holds one carries its id. Digests are keyed by `key`.
    """
    text, planted = sound(text[:MOST]), canaries or {}
    private, linked = _found(text)
    if not (planted or private or linked) and len(text) <= limit:
        return text, ()
    spans = planting.find(text, planted)
    matches = [
        *_canaries(text, where, planted, spans),
        *_told(text, where, key, private, spans),
        *_told(text, where, key, linked, spans),
    ]
    return _kept(text, private, planted, spans, limit), tuple(matches[:MOST_MATCHES])


def _found(text: str) -> tuple[list[Match], list[Match]]:
    """Return what must not be kept, without overlaps (secrets win over personal data), and the links.

    Most texts hold nothing: one pass for the patterns of all detectors tells so, and which of them have to look closer.
    """
    if len(text) > SHORT or not text.isascii():
        return _private(secrets.find(text), personal.find(text)), _linked(text)
    hit = _patterns().hit(text)
    if not hit:
        return [], []
    hidden = secrets.find(text) if hit[0] < _LINKS else []
    about = personal.among(text, [i - _PERSONAL for i in hit if i >= _PERSONAL])
    return _private(hidden, about), _linked(text) if any(_LINKS <= i < _PERSONAL for i in hit) else []


_LINKS = len(secrets.PATTERNS)
_PERSONAL = _LINKS + len(links.PATTERNS)


@cache
def _patterns() -> Several:
    return Several([*secrets.PATTERNS, *links.PATTERNS, *personal.PATTERNS])


def _private(hidden: Sequence[Match], about: list[Match]) -> list[Match]:
    return apart([*(Match(f"secret:{m.kind}", m.start, m.end) for m in hidden), *about]) if hidden else about


def _linked(text: str) -> list[Match]:
    return [Match(f"link:{link.form}", link.start, link.end) for link in links.find(text)]


def _canaries(text: str, where: str, planted: Mapping[str, str], spans: Sequence[Match]) -> Iterator[traffic.Match]:
    """Yield each planted text that is there: in the order of their places, then those that stand encoded."""
    plain = dict.fromkeys(span.kind for span in spans)
    hidden = planting.within(text[:MOST_DECODED], {n: w for n, w in planted.items() if n not in plain})
    for name in [*plain, *sorted(hidden)]:
        yield traffic.Match(detector="canary", where=where, canary=name)


def _told(text: str, where: str, key: bytes, found: Sequence[Match], spans: Sequence[Match]) -> Iterator[traffic.Match]:
    """Yield what was found outside of what is planted; of what holds something planted, with its id."""
    for match in found:
        if not _within(match, spans):
            inside = next((span.kind for span in spans if overlap(span, match)), None)
            digest = secrets.digest(text[match.start : match.end], key)
            yield traffic.Match(detector=match.kind, where=where, digest=digest, canary=inside)


def _kept(text: str, private: Sequence[Match], planted: Mapping[str, str], spans: Sequence[Match], limit: int) -> str:
    """Return `text` without what is private, cut. Masking and cutting can leave what looks private again: look again.

    What is still found after a few rounds is a text made to be: nothing of it is kept.
    """
    out = _masked(text, private, spans)[:limit]
    if not private and len(out) == len(text):
        return out
    for _ in range(_ROUNDS):
        spans = planting.find(out, planted)
        found = [match for match in _found(out)[0] if not _within(match, spans)]
        if not found:
            return out
        out = _masked(out, found, spans)[:limit]
    return ""


def _within(match: Match, spans: Sequence[Match]) -> bool:
    return any(span.start <= match.start and match.end <= span.end for span in spans)


def _masked(text: str, found: Sequence[Match], spans: Sequence[Match]) -> str:
    """Return `text` with each find masked, but for the planted parts of it."""
    parts, last = [], 0
    for match in found:
        if _within(match, spans):
            continue
        word = text[match.start : match.end]
        readable = [text[max(s.start, match.start) : min(s.end, match.end)] for s in spans if overlap(s, match)]
        parts += [text[last : match.start], "…".join(["", *readable, ""]) if readable else _mask(match.kind, word)]
        last = match.end
    return "".join([*parts, text[last:]])


def _mask(kind: str, word: str) -> str:
    return secrets.shown(word) if kind.startswith("secret:") else f"[{kind}]"
