"""A text as a model may understand it: normalised, without what cannot be seen, and decoded, layer by layer. Pure."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

LAYERS = 3
"""How deep encodings may lie in each other."""
MOST_FORMS = 200
MOST_CHARACTERS = 4_000_000
"""How much all forms of a text may have together; what comes after is not looked at."""
MOST_PARTS = 20
"""How many encoded parts of one text are decoded."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control and format characters, fillers, variation selectors, tags, bidi marks, and accents stacked on letters."""
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_FOLD = str.maketrans(
    "авеёікмнорстухѕјԁԛԝɡһӏАВЕЅІЈКМНОРСТУХӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορνικυεγτωͽıȷɑɩʟᴀᴄᴅᴇᴊᴋᴍɴᴏᴘʀᴛᴜᴠᴡᴢ",
    "abeeikmhopctyxsjdqwghlABESIJKMHOPCTYXIABEZHIKMNOPTYXaopvikueytwcijailacdejkmnoprtuvwz",
)
"""Letters of Cyrillic, Greek and phonetic alphabets that look like Latin ones. NFKC folds the others: fullwidth,
mathematical, circled, superscript."""
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEETED = re.compile(r"(?i)\b[a-z]*(?:[a-z][013457][a-z]|\b[0134][a-z]{2})[a-z013457]*\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ :,]?){8,}")
_ESCAPE = re.compile(r"\\u\{?([0-9a-fA-F]{4,6})\}?|\\x([0-9a-fA-F]{2})")
_SPREAD = re.compile(r"(?<![^\W_])([^\W_])[ .\-_*|](?=[^\W_](?![^\W_]))")


def plain(text: str) -> str:
    """Return `text` in NFKC, without invisible characters, look-alikes folded to Latin letters, spaces single."""
    if text.isascii() and not _INVISIBLE.search(text):
        return " ".join(text.split())
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(_INVISIBLE.sub("", seen.translate(_FOLD)).split())


def unleet(text: str) -> str:
    """Return `text` in small letters, with the digits and signs that stand for letters (`1gn0r3`) read as letters."""
    return text.lower().translate(_LEET)


def forms(text: str) -> Iterator[str]:
    """Yield `text`, normalised, and every decoding of it or of a part of it, each once.

    Encodings: Base64, hexadecimal, URL, HTML entities, \\u and \\x escapes, rot13, tag characters, reversed, letters
    apart, leetspeak. At most `LAYERS` deep, `MOST_FORMS` many and `MOST_CHARACTERS` long.
    """
    seen: set[str] = set()
    todo = [(text[: MOST_CHARACTERS // 4], 0)]
    left = MOST_CHARACTERS
    for form, depth in todo:
        if form in seen:
            continue
        if len(seen) >= MOST_FORMS or left < len(form):
            return
        seen.add(form)
        left -= len(form)
        yield form
        if depth < 2 and len(_LEETED.findall(form)) > 1:
            todo.append((unleet(form), LAYERS))
        if depth < LAYERS:
            todo += [(found, depth + 1) for found in _decoded(form) if found and found not in seen]


def _decoded(text: str) -> Iterator[str]:
    """Yield what `text` and its parts decode to, one layer deep; the likeliest first."""
    yield plain(text)
    yield "".join(chr(ord(c) - 0xE0000) for part in _TAGS.findall(text) for c in part)
    for found in _some(_BASE64, text):
        padded = found.rstrip("=").replace("+", "-").replace("/", "_")
        yield _text(base64.urlsafe_b64decode, padded + "=" * (-len(padded) % 4))
    for found in _some(_HEX, text):
        yield _text(binascii.unhexlify, re.sub(r"0x|\\x|[ :,]", "", found))
    if "%" in text:
        yield unquote(text, errors="replace")
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield _ESCAPE.sub(_character, text)
    yield _SPREAD.sub(r"\1", text)
    yield codecs.encode(text, "rot13")
    yield text[::-1]


def _some(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    found = pattern.finditer(text)
    for _, match in zip(range(MOST_PARTS), found, strict=False):
        yield match[0]


def _text(decode: object, encoded: str) -> str:
    """Return the text that `encoded` stands for, "" where it stands for none."""
    try:
        return decode(encoded).decode("utf-8")  # type: ignore[operator, no-any-return]
    except (ValueError, binascii.Error):
        return ""


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
