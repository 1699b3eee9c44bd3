"""The one place that cleans text for each medium.

Every text in an assessment may have been written by someone who wishes the reader ill: a file name, a line of a README,
the body of an answer. Nothing of it may move the cursor, reverse the line, become a link, ping a person or run. What is
taken out of effect is made visible rather than dropped, so that the reader sees that something was there.

HTML needs no function of its own: jinja escapes, after `visible` (see `html.py`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

CUT = "…"
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that look like nothing."""

_MARKS = 3
"""Accents that may stand on one letter; languages need up to three, towers of them hide the lines above and below."""

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_SPACE = re.compile(r"[ \t\n\v\f]+")
_MARKDOWN = re.compile(r"[\\`*_\[\]#|~]|\A[-+=]|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]|(?<=\A\d\d\d)[.)]")
"""What Markdown reads as structure; some of it only where a line begins."""
_MARKDOWN_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", '"': "&quot;", "'": "&#39;"}
_AFTER = re.compile(r"@|#|\bGH(?=-)|\bwww(?=\.)|:(?=[a-z+-]|//)|[0-9a-f]{6}(?=[0-9a-f]+\b)", re.IGNORECASE)
_ZERO = "\u200b"


def escaped(char: str) -> str:
    """Return a character as the ASCII escape that programmers know it by: ESC becomes `\\x1b`."""
    code = ord(char)
    if char in "\r\n\t":
        return {"\r": "\\r", "\n": "\\n", "\t": "\\t"}[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _acts(char: str) -> bool:
    """Tell whether a character does something instead of showing something: controls, bidi, zero width, surrogates."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or char in _BLANK


def visible(text: str, limit: int = 2_000, *, lines: bool = False) -> str:
    """Return `text` with nothing in it that acts on a terminal or a reader's eye, of at most `limit` characters.

    White space becomes one space, or with `lines` stays as it is. What acts is written as an escape.
    """
    cut = len(text) > limit
    text = text[:limit]
    text = text.replace("\t", "    ") if lines else _SPACE.sub(" ", text).strip(" ")
    if not _PLAIN.match(text):
        text = _shown(text, "\n" if lines else "")
    return text[: limit - 1] + CUT if cut or len(text) > limit else text


def _shown(text: str, keep: str) -> str:
    out, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        out.append(escaped(char) if char not in keep and (_acts(char) or marks > _MARKS) else char)
    return "".join(out)


def ascii_only(text: str) -> str:
    """Return `text` for a terminal that knows ASCII only; `text` must be `visible` already."""
    plain = text.replace(CUT, "...").replace("·", "-").replace("–", "-").replace("—", "-").replace("’", "'")
    return plain.encode("ascii", "backslashreplace").decode("ascii")


def markdown(text: str, limit: int = 500) -> str:
    """Return `text` as literal GitHub-flavoured Markdown on one line, safe in a table cell too.

    Backslashes alone do not stop mentions, issue references, bare links and emoji codes: GitHub looks for those in the
    rendered text. A zero-width space within them does.
    """
    cut = visible(text, limit)
    broken = _AFTER.sub(lambda m: m.group() + _ZERO, cut)
    safe = _MARKDOWN.sub(lambda m: "\\" + m.group(), "".join(_MARKDOWN_ENTITY.get(c, c) for c in broken))
    # The escapes of the entities' own punctuation, put there by the line above, are taken back.
    return safe.replace("&\\#", "&#").replace(_ZERO, "&#8203;")


def markdown_code(text: str, limit: int = 200) -> str:
    """Return `text` as an inline code span, fenced by more backticks than it holds; not for table cells."""
    shown = visible(text, limit) or " "
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def xml(text: str, limit: int = 4_000) -> str:
    """Return `text` with every character allowed in XML 1.0, its lines kept."""
    return visible(text, limit, lines=True)


def unicode_only(value: Any) -> Any:
    """Return a JSON-like value whose strings are all Unicode: half surrogates (of undecodable names) are escaped."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", lambda m: escaped(m.group()), value)
    if isinstance(value, dict):
        return {unicode_only(k): unicode_only(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [unicode_only(v) for v in value]
    return value


def json_text(document: Any) -> str:
    """Return one JSON document with a line end. It loses nothing, and printed to a terminal it moves no cursor: what
    acts is written as a JSON escape."""
    text = json.dumps(unicode_only(document), ensure_ascii=False, indent=2)
    return re.sub(r"[^\x00-\x7e]", lambda m: _json_escape(m.group()) if _acts(m.group()) else m.group(), text) + "\n"


def _json_escape(char: str) -> str:
    return json.dumps(char)[1:-1]
