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

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_LAYERS = 3
_MOST = 100_000
_FOLD = str.maketrans(
    "авеёікмнорстухѕјԁԛԝɡАВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορνικυ",
    "abeeikmhopctyxsjdqwgABESIJKMHOPCTYXABEZHIKMNOPTYXaopviku",
)
"""Letters of Cyrillic and Greek that look like Latin ones: those of Unicode's confusables that no reader notices."""


def plain(text: str) -> str:
    """Return `text` in NFKC, without invisible characters, look-alikes folded to Latin letters, spaces single."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Cc", "Mn"))
    return " ".join(seen.translate(_FOLD).split())


def _tags(text: str) -> str:
    """Return what is written in Unicode's tag characters, which no reader sees."""
    return "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)


def forms(text: str) -> Iterator[str]:
    """Yield `text`, normalised, and every decoding of it or of a part of it: at most three layers deep, each once."""
    seen: set[str] = set()
    todo = [(text[:_MOST], 0)]
    while todo:
        form, depth = todo.pop()
        if form in seen or len(seen) > 200:
            continue
        seen.add(form)
        yield form
        if depth < _LAYERS:
            todo += [(found, depth + 1) for found in _decoded(form) if found and found not in seen]


def _decoded(text: str) -> Iterator[str]:
    yield plain(text)
    yield _tags(text)
    if "%" in text:
        yield unquote(text, errors="replace")
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1] or m[2], 16)), text)
    yield codecs.encode(text, "rot13")
    yield text[::-1]
    for found in list(_BASE64.findall(text))[:20]:
        yield from _bytes(
            lambda word=found: base64.urlsafe_b64decode(
                word.replace("+", "-").replace("/", "_") + "=" * (-len(word) % 4)
            )
        )
    for found in list(_HEX.findall(text))[:20]:
        yield from _bytes(lambda word=found: binascii.unhexlify(word))
    joined = re.sub(r"(?<=\b\w)[ .\-_*](?=\w\b)", "", text)
    if joined != text:
        yield joined


def _bytes(decode: object) -> Iterator[str]:
    try:
        yield decode().decode("utf-8")  # type: ignore[operator]
    except (ValueError, binascii.Error):
        return
