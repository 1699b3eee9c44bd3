"""Find personal data in text: e-mail addresses, telephone, card, account and social security numbers. Pure.

Precision comes first: a number counts where its form or its check digits say what it is, and any other only beside a
word that names it. Patterns run on RE2; a function of each then judges what was found, with its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import re2


@dataclass(frozen=True)
class Found:
    """Personal data in a text: its type, and its place as character offsets `start` and `end`."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class Pattern:
    """A form of one type. `valid` judges the last group of `pattern`, which is the datum itself."""

    type: str
    pattern: str
    valid: Callable[[str], bool] = lambda _: True


def _digits(text: str) -> str:
    return "".join(c for c in text if "0" <= c <= "9")


def is_card(text: str) -> bool:
    """True where the digits are a card number: an issuer's range and length, and the check digit (ISO/IEC 7812-1)."""
    digits = _digits(text)
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1 and _issued(digits)


def _issued(digits: str) -> bool:
    size, two, four = len(digits), int(digits[:2] or 0), int(digits[:4] or 0)
    return (
        (digits[0] == "4" and size in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or ((300 <= int(digits[:3]) <= 305 or two in (36, 38, 39)) and size == 14)
        or ((four == 6011 or two in (60, 62, 64, 65, 81) or 3528 <= four <= 3589) and 16 <= size <= 19)
        or (four in (1800, 2131) and size == 15)
        or ((two == 50 or 56 <= two <= 69) and 12 <= size <= 19)
    )


def is_iban(text: str) -> bool:
    """True where the text is an international bank account number: its check digits are right (ISO 13616, mod 97)."""
    flat = "".join(text.split()).upper()
    if not 15 <= len(flat) <= 34 or not flat.isascii() or not flat.isalnum():
        return False
    return int("".join(str(int(c, 36)) for c in flat[4:] + flat[:4])) % 97 == 1


def is_ssn(text: str) -> bool:
    """True where the number can have been given out: no area 000, 666 or 9xx, no group 00, no serial 0000."""
    digits = _digits(text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def is_phone(text: str) -> bool:
    """True for 6 to 15 digits (E.164) that are not all the same, and no date."""
    digits = _digits(text.partition("x")[0])
    dated = digits[:2] in ("19", "20") and text[4:5] in ("-", ".", "/") and len(digits) == 8
    return 6 <= len(digits) <= 15 and len(set(digits)) > 2 and not dated


_NAME = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}"
_AT = r"(?:@| ?\[at\] ?| ?\(at\) ?| at )"
_TOP = r"(?:com|org|net|edu|gov|info|biz|io|ai|dev|app|eu|uk|de|fr|es|it|nl|pl|ch|at|be|us|ca|au|in|jp|cn|br)"
"""Where words spell an address, only a usual top-level domain makes it one."""
_DOT = r"(?: ?\[dot\] ?| ?\(dot\) ?| dot )"
_SEP = r"[ .\-\x{a0}\x{2011}\x{2013}]"
_NUMBER = r"\+?\(?[0-9](?:[ .\-/()]{0,2}[0-9]){5,14}(?: ?x[0-9]{1,6})?"
_CALLED = (
    "phone|telephone|tel|mobile|cell|fax|call|call me|call us|dial|reach me at|reach us at|answering at|whatsapp|"
    "telefon|handy|teléfono|téléphone"
)

PATTERNS = (
    Pattern("email", rf"\b({_NAME}(?:@|＠|%40|&#64;)(?:[A-Za-z0-9-]{{1,63}}\.){{1,8}}[A-Za-z]{{2,24}})\b"),
    Pattern("email", rf"(?i)\b({_NAME}{_AT}[A-Za-z0-9-]{{1,63}}{_DOT}{_TOP})\b"),
    Pattern("email", r"\b((?:[A-Za-z0-9._+-] ){3,64}@ (?:[A-Za-z0-9-] ){1,64}\. (?:[A-Za-z0-9.-] ){1,64}[A-Za-z])\b"),
    Pattern("iban", r"\b([A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Za-z0-9]){11,30})\b", is_iban),
    Pattern("credit-card", rf"\b([0-9](?:{_SEP}?[0-9]){{11,18}})\b", is_card),
    Pattern("phone", rf"(?:^|[^\w+])(\+[1-9](?:{_SEP}?\(?[0-9]\)?){{6,14}}(?: ?x[0-9]{{1,6}})?)\b", is_phone),
    Pattern("phone", r"(?:^|[^\w+])(\+ ?[1-9](?: [0-9]){6,14})\b", is_phone),
    Pattern("ssn", r"\b([0-9]{3}[-\x{2011}\x{2013}][0-9]{2}[-\x{2011}\x{2013}][0-9]{4})\b", is_ssn),
    Pattern("ssn", r"\b([0-9] [0-9] [0-9] ?[-– ] ?[0-9] [0-9] ?[-– ] ?[0-9] [0-9] [0-9] [0-9])\b", is_ssn),
    Pattern(
        "ssn",
        r"(?i)\b(?:ssn|social security(?: number)?)\b"
        r"[^0-9\n]{0,20}\b([0-9]{3}[ .]?[0-9]{2}[ .]?[0-9]{4})\b",
        is_ssn,
    ),
    Pattern(
        "phone",
        r"(?:^|[^\w.\-])((?:(?:00)?1[-. ])?(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}"
        r"(?: ?x[0-9]{1,6})?)\b",
        is_phone,
    ),
    Pattern("phone", rf"(?i)\b(?:{_CALLED})\b[^0-9\n+(]{{0,12}}({_NUMBER})\b", is_phone),
    Pattern("phone", rf"(?i)(?:^|[^\w.\-])({_NUMBER})[- ]\(?(?:office|fax|mobile|cell|phone)\b", is_phone),
)  # fmt: skip
"""Forms by type, the surest first: earlier ones win over later ones."""

TYPES = tuple(dict.fromkeys(p.type for p in PATTERNS))
"""Types of personal data that are known."""

_compiled = [(each, re2.compile(each.pattern)) for each in PATTERNS]
_options = re2.Options()
_options.never_capture = True
_options.max_mem = 64 << 20


def _screen() -> re2.Set:
    found = re2.Set.SearchSet(_options)
    for each in PATTERNS:
        found.Add(each.pattern)
    found.Compile()
    return found


_which = _screen()


def find(text: str) -> list[Found]:
    """Return the personal data in `text`, in order of their place and without overlaps."""
    taken: list[Found] = []
    for index in sorted(_which.Match(text) or ()):
        pattern, compiled = _compiled[index]
        taken += [
            f for f in _found(pattern, compiled, text) if not any(f.start < t.end and t.start < f.end for t in taken)
        ]
    return sorted(taken, key=lambda f: f.start)


def _found(pattern: Pattern, compiled: re2._Regexp, text: str) -> Iterator[Found]:
    for match in compiled.finditer(text):
        start, end = match.span(compiled.groups)
        if pattern.valid(text[start:end]) and not _within(text, start, end):
            yield Found(pattern.type, start, end)


def _within(text: str, start: int, end: int) -> bool:
    """True where it is a part of a longer number or identifier, such as a UUID or a version."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[-1:] in ("-", ".", "_", "/") and before[:1].isalnum()) or (
        after[:1] in ("-", "_", "/", ".") and after[1:2].isdigit()
    )
