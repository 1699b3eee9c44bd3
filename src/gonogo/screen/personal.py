"""Find personal data in text by its form, its check digits and the words beside it. Pure, and linear in the text.

Names of people and postal addresses have no form and are not found here. What has a checksum needs no word beside it
where the checksum leaves little to chance; a bare run of digits does, because order numbers, timestamps and versions
are runs of digits too. Patterns run on RE2; the words beside a find are looked for in a window of fixed size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import re2

from gonogo.screen import checksums
from gonogo.screen.match import Beside, Match, apart
from gonogo.screen.patterns import Several, sound
from gonogo.screen.phones import SAID, WRITTEN, is_phone, is_phone_beside_word

_BEFORE, _AFTER = 48, 24
_FLAT = str.maketrans(
    "\u00a0\u202f\u2007\u2009\u2010\u2011\u2012\u2013\uff20\uff0e\uff0d\uff0b"
    + "".join(map(chr, range(0xFF10, 0xFF1A))),
    "    ----@.-+0123456789",
)
"""Blanks, dashes, signs and digits that are written like these, one for one, so that places stay right."""
_FILES = frozenset("png jpg jpeg gif svg webp ico css js ts jsx tsx py json yaml yml html md txt map".split())  # noqa: SIM905


@dataclass(frozen=True)
class _Rule:
    """A form of personal data. `valid` judges what the pattern found; a pattern's last group is the data itself."""

    kind: str
    pattern: str
    valid: Callable[[Beside], bool]
    bounded: bool = True
    """Refuse what is part of a longer word or number."""
    said: str = ""
    """What a text must hold somewhere, in lower case, for any of this to count; what is near enough, `valid` knows."""


def find(text: str, *, hosts: bool = False) -> list[Match]:
    """Return the personal data in `text`, in order of its place and without overlaps; IP addresses only with `hosts`.

    Kinds: email, phone, credit-card, iban, ssn, nino, bsn, dni, codice-fiscale, cpf, aadhaar, passport,
    driving-licence, birth-date, ip-address.
    """
    flat = text if text.isascii() else sound(text).translate(_FLAT)
    return among(flat, _several.hit(flat), hosts=hosts)


def among(flat: str, hit: Sequence[int], *, hosts: bool = False) -> list[Match]:
    """Return what `find` does, of an ASCII text in which the patterns `hit`, by their place in `PATTERNS`, occur."""
    tried = [i for i in hit if hosts or _RULES[i].kind != "ip-address"]
    if any(_RULES[i].said for i in tried):
        unsaid = set(_BESIDE).difference(_BESIDE[n] for n in _said.hit(flat.lower()))
        tried = [i for i in tried if i not in unsaid]
    return apart(m for i in tried for m in _found(_RULES[i], _several.patterns[i], flat)) if tried else []


def _found(rule: _Rule, pattern: re2._Regexp, text: str) -> Iterator[Match]:
    for found in pattern.finditer(text):
        start, end = found.span(pattern.groups)
        if rule.bounded and (_INSIDE_BEFORE.search(text[max(0, start - 2) : start]) or _INSIDE_AFTER.match(text, end)):
            continue
        before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
        if rule.valid(Beside(text[start:end], before.lower(), after.lower())):
            yield Match(rule.kind, start, end)


_INSIDE_BEFORE = re.compile(r"(?:[^\W_]|[_#]|[^\W_][-./+:=]|[/=&])\Z")
_INSIDE_AFTER = re.compile(r"[^\W_]|_|[-./:+]\w*\d|=")
"""A number that goes on, or that is part of a path, a version, a query or an identifier."""


@cache
def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\b|_)(?:{words})(?:\b|_)")


_SSN = _word(r"ssn|ssns|social|social security(?: number)?|itin|tax ?id")
_BSN = r"bsn|burgerservicenummer|sofi-?nummer|citizen service number"
_CPF = _word(r"cpf|cadastro de pessoas?")
_AADHAAR = _word(r"aadhaar|aadhar|uidai|uid")
_PASSPORT = r"passport|passeport|reisepass(?:nummer)?|pasaporte|passaporto|passaporte|paspoort(?:nummer)?"
_LICENCE = r"driver'?s?'? licen[cs]e|driving licen[cs]e|f(?:ü|ue)hrerschein|permis de conduire|dl"
_BIRTH = (
    r"dob|d\.o\.b|birth|birthday|birthdate|born|geboren(?: am| op)?|geburtsdatum|geboortedatum|née?|nacid[oa]"
    r"|nacimiento|naissance|nat[oa]|nascita|nascid[oa]|nascimento"
)
_CARD = _word(r"card|cards|credit|debit|visa|mastercard|amex|kreditkarte|carte|tarjeta|carta|cartão|cc|pan")


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _is_email(found: Beside) -> bool:
    """Tell an address from `user:password@host` in a URL, `git@host:path` and `icon@2x.png`."""
    url = re.search(r"://[^\s/@]*\Z", found.before) is not None
    git = found.text.startswith("git@") and found.after.startswith(":")
    long = len(found.text) > 254 or ".." in found.text
    return not url and not git and not long and found.text.rpartition(".")[2].lower() not in _FILES


def _is_spelled_email(found: Beside) -> bool:
    """Tell `john at example dot com` from a sentence: a bare `at` needs a spelled dot, a bracketed one does not."""
    return re.search(r"[\[({<]\s*at\s*[\])}>]|\sdot\s", found.text, re.IGNORECASE) is not None


def _is_card(found: Beside) -> bool:
    """Tell a payment card by its issuer's range, its length and its check digit (ISO/IEC 7812)."""
    digits, groups = _digits(found.text), re.split(r"[ .-]+", found.text)
    if not checksums.luhn(digits) or len(set(digits)) < 2:
        return False
    lengths = [len(group) for group in groups]
    shaped = len(groups) == 1 or max(lengths) == 1 or (lengths[0] == 4 and min(lengths[:-1]) >= 4 and max(lengths) <= 7)
    return (shaped or _CARD.search(found.before) is not None) and _issued(digits)


def _issued(digits: str) -> bool:
    """Tell whether an issuer's range and the length agree: Visa, Mastercard, Amex, Diners, Discover, JCB,"
    " UnionPay."""
    four, size = int(digits[:4]), len(digits)
    return (
        (digits[0] == "4" and size in (13, 16, 19))
        or ((5100 <= four <= 5599 or 2221 <= four <= 2720) and size == 16)
        or (digits[:2] in ("34", "37") and size == 15)
        or ((digits[:2] in ("36", "38") or 3000 <= four <= 3059) and size == 14)
        or ((four == 6011 or digits[:2] == "65" or 6440 <= four <= 6499) and size == 16)
        or (3528 <= four <= 3589 and size == 16)
        or (digits[:2] == "62" and size in (16, 19))
        or (four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763) and 13 <= size <= 19)
    )


def _is_iban(found: Beside) -> bool:
    return checksums.iban("".join(c for c in found.text if c.isalnum()).upper())


def _is_ssn(found: Beside) -> bool:
    """Tell a US social security number by the ranges that are issued; written otherwise than 3-2-4 it needs a"
    " word."""
    digits = _digits(found.text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000":
        return False
    dashed = re.fullmatch(r"\d{3}-\d{2}-\d{4}|\d \d \d ?- ?\d \d ?- ?\d \d \d \d", found.text) is not None
    return dashed or _SSN.search(found.before) is not None


def _is_nino(found: Beside) -> bool:
    prefix = found.text[:2].upper()
    return prefix not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


def _is_bsn(found: Beside) -> bool:
    digits = _digits(found.text)
    return checksums.bsn(digits.zfill(9)) and int(digits) > 0 and _word(_BSN).search(found.before) is not None


def _is_dni(found: Beside) -> bool:
    return checksums.dni("".join(c for c in found.text if c.isalnum()).upper())


def _is_cpf(found: Beside) -> bool:
    return checksums.cpf(_digits(found.text)) and ("." in found.text or _CPF.search(found.before) is not None)


def _is_aadhaar(found: Beside) -> bool:
    digits = _digits(found.text)
    return checksums.aadhaar(digits) and (" " in found.text or _AADHAAR.search(found.before) is not None)


def _beside(words: str) -> Callable[[Beside], bool]:
    return lambda found: _word(words).search(found.before) is not None and any(c.isdigit() for c in found.text)


def _is_address(found: Beside) -> bool:
    """Tell an IP address of somebody from a version number, and from hosts that are nobody's."""
    if ":" in found.text:
        return found.text.count(":") == 7 or ("::" in found.text and len(_digits(found.text)) > 2)
    parts = [int(p) for p in found.text.split(".")]
    nobody = parts[0] in (0, 127) or parts[0] >= 224 or re.search(r"version|\bv\.?\s?\Z", found.before)
    return max(parts) <= 255 and not nobody


_LETTERS = r"0-9A-Za-z\x{c0}-\x{1fff}\x{3040}-\x{d7ff}"
"""Letters that addresses hold, in few ranges: RE2 runs them many times faster than Unicode's classes."""
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|juin|juil|okt|dez|ene|abr|ago|dic)[a-zçé]{0,7}"
_DATE = (
    r"(?i)\b(\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}|(?:19|20)\d{2}[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?{_MONTH}\.?,?\s(?:de\s)?(?:19|20)\d{{2}}"
    rf"|{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d{{2}})\b"
)
_TLD = (
    r"(?:com|org|net|edu|gov|info|io|co|ai|dev|app|me|biz|eu|de|fr|nl|uk|es|it|br|in|jp|ch|at|be|pl|se|no|dk|fi"
    r"|us|ca|au)"
)
_RULES = (
    _Rule(
        "email",
        _LETTERS.join(("[", "_+][", "._%+'-]*(?:@|%40|&#64;)[", "][", r".-]*\.[A-Za-z", "]{2,24}")),
        _is_email,
        bounded=False,
    ),
    _Rule(
        "email",
        r"(?i)\b[a-z0-9][a-z0-9._%+-]{1,63}(?:\s{0,2}[\[({<]\s?at\s?[\])}>]\s{0,2}|\sat\s)(?:[a-z0-9-]{2,63}"
        r"(?:\s{0,2}[\[({<]\s?dot\s?[\])}>]\s{0,2}|\sdot\s|\.)){1,4}" + _TLD + r"\b",
        _is_spelled_email,
    ),
    _Rule(
        "email",
        r"\b((?:[A-Za-z0-9._+-] ){3,64}@ (?:[A-Za-z0-9-] ){1,64}\. (?:[A-Za-z0-9.-] ){1,64}[A-Za-z])\b",
        lambda found: True,
    ),
    _Rule("iban", r"(?i)\b([a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?)\b", _is_iban),
    _Rule("iban", r"(?i)\b([a-z]{2}\d{2}(?: [a-z0-9]{4}){2,7}(?: [0-9]{1,3})?)\b", _is_iban),
    _Rule(
        "codice-fiscale",
        r"(?i)\b([a-z]{6}[0-9lmnpqrstuv]{2}[abcdehlmprst][0-9lmnpqrstuv]{2}[a-z][0-9lmnpqrstuv]{3}[a-z])\b",
        lambda found: checksums.codice_fiscale(found.text.upper()),
    ),
    _Rule("credit-card", r"\b([2-6]\d{3}(?:[ .-]?\d){9,15})\b", _is_card),
    _Rule("credit-card", r"\b([2-6]\d{3}[ -]\d{4}[ -]\d{4}[ -]\d{4}|3\d{3}[ -]\d{6}[ -]\d{5})\b", _is_card),
    _Rule("credit-card", r"\b([2-6](?:[ .-]{1,3}\d){12,18})\b", _is_card),
    _Rule("aadhaar", r"\b([2-9]\d{3} ?\d{4} ?\d{4})\b", _is_aadhaar),
    _Rule("cpf", r"\b(\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11})\b", _is_cpf),
    _Rule("ssn", r"\b(\d{3}[- ]?\d{2}[- ]?\d{4}|\d(?:[ -]{1,3}\d){8})\b", _is_ssn),
    _Rule("nino", r"(?i)\b([a-ceghj-prstw-z][a-ceghj-nprstw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d])\b", _is_nino),
    _Rule("bsn", r"\b(\d{8,9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})\b", _is_bsn, said=_BSN),
    _Rule("dni", r"\b([XYZ][ -]?\d{7}[ -]?[A-Z]|\d{8}[ -]?[A-Z])\b", _is_dni),
    _Rule("passport", r"(?i)\b([A-Z]{0,2}\d{6,9}[A-Z]?)\b", _beside(_PASSPORT), said=_PASSPORT),
    _Rule("driving-licence", r"(?i)\b([A-Z]{0,5}\d{5,14}[A-Z0-9]{0,4})\b", _beside(_LICENCE), said=_LICENCE),
    _Rule("birth-date", _DATE, _beside(_BIRTH), said=_BIRTH),
    _Rule(
        "phone", r"((?:\+ ?|\b00)[1-9]\d{0,3}[ ./-]{0,2}(?:\(\d{1,5}\)|\d)(?:[ ./()-]{0,2}\d){5,13})", is_phone,
    ),
    _Rule(
        "phone",
        r"((?:\(\d{2,4}\)(?:[ ./-]{0,2}\d){4,12}|\b\d{1,5}(?:[ ./-]{0,2}\d){5,12})(?: ?(?:x|ext\.? ?)\d{1,6})?)\b",
        is_phone,
        said=f"{WRITTEN}|{SAID}",
    ),
    _Rule("phone", r"((?:\(\d{2,4}\)|\b\d)(?:[ ./-]{0,3}\d){5,13})\b", is_phone_beside_word, said=SAID),
    _Rule("ip-address", r"\b(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})\b", _is_address),
)  # fmt: skip
_several = Several([rule.pattern for rule in _RULES])
PATTERNS = tuple(rule.pattern for rule in _RULES)
"""What `find` looks for, before it looks closer."""
_BESIDE = [i for i, rule in enumerate(_RULES) if rule.said]
_said = Several([_RULES[i].said for i in _BESIDE])
