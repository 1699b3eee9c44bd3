"""Find links in a text: where a reader, a browser or a Markdown renderer would go, or fetch from. Pure.

A link lets data out: an image is fetched without a click, and its address can hold what the model knows.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import urlsplit

from gonogo.screen.match import apart
from gonogo.screen.patterns import compiled, sound


@dataclass(frozen=True)
class Link:
    """A link in a text: its `form` (image, link, reference, html, bare), its target, its place `start` and `end`."""

    form: str
    target: str
    start: int
    end: int

    @property
    def scheme(self) -> str:
        """The scheme in lower case, `https` for `//host`; as browsers read it, without blanks."""
        head = "".join(c for c in html.unescape(self.target) if c > " ").lower()
        return "https" if head.startswith("//") else head.partition(":")[0] if ":" in head.partition("/")[0] else ""

    @property
    def host(self) -> str:
        """The host in lower case, without user and port; empty for a relative target."""
        try:
            return (urlsplit(html.unescape(self.target).strip()).hostname or "").lower()
        except ValueError:
            return ""


_BARE = r"((?:https?|ftp|wss?)://[^\s<>\"'`)\]}]+|\b(?:javascript|vbscript|data):[^\s<>\"'`)\]}]+)"
_FORMS = (
    ("image", "](", compiled(r"!\[[^\]\n]*\]\(\s*<?([^\s)>]+)[^)\n]*\)")),
    ("link", "](", compiled(r"\[[^\]\n]*\]\(\s*<?([^\s)>]+)[^)\n]*\)")),
    ("reference", "]:", compiled(r"(?m)^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)")),
    ("html", "=", compiled(r"(?i)\b(?:src|href|action|srcset|poster|background|formaction)\s*=\s*[\"']?([^\s\"'>]+)")),
    ("html", "(", compiled(r"(?i)\burl\(\s*[\"']?([^\s\"')]+)")),
    ("bare", ":", compiled(f"(?i){_BARE}")),
)  # fmt: skip
"""Each form, what every text with one of it has, and its pattern."""
PATTERNS = tuple(pattern.pattern for _, _, pattern in _FORMS)
_SIGNS = ("](", "]:", "=", "url(", "://", "script:", "data:")
"""What every text with a link has one of, in lower case."""


def find(text: str) -> list[Link]:
    """Return the links in `text`, in order of their place; an address within a link found already counts once."""
    low = text.lower()
    if not any([sign in low for sign in _SIGNS]):  # noqa: C419  (a list is twice as fast here)
        return []
    text = sound(text)
    tried = ((form, pattern) for form, sign, pattern in _FORMS if sign in text)
    return apart(Link(form, m.group(1), *m.span()) for form, pattern in tried for m in pattern.finditer(text))


def foreign(text: str, allowed: frozenset[str] = frozenset()) -> list[Link]:
    """Return the links that lead, or run, elsewhere than to a host of `allowed` or to a part of the page itself."""
    return [
        link for link in find(text) if link.scheme and not (link.scheme in ("http", "https") and _at(link, allowed))
    ]


def _at(link: Link, allowed: frozenset[str]) -> bool:
    return any(link.host == host or link.host.endswith(f".{host}") for host in allowed)
