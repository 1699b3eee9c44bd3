"""Find what would run, load or submit where a text is taken for HTML: scripts, handlers, frames, forms. Pure."""

from __future__ import annotations

from html.parser import HTMLParser

_RUNS = frozenset("script iframe object embed applet base meta link form frame svg math style portal".split())  # noqa: SIM905
_ADDRESSES = frozenset("href src action formaction data poster srcset background xlink:href".split())  # noqa: SIM905


def active(text: str) -> list[str]:
    """Return what is active in `text`, in order: `<script>`, `onerror`, `javascript:`, addresses that are loaded."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _RUNS:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            self.found += _of(tag, name, value or "")


def _of(tag: str, name: str, value: str) -> list[str]:
    """Return what one attribute does."""
    bare = "".join(c for c in value if c > " ").lower()
    if name.startswith("on"):
        return [name]
    if name == "style" and "url(" in bare:
        return ["style: url()"]
    if name in _ADDRESSES and bare.startswith(("javascript:", "vbscript:", "data:text")):
        return [bare.partition(":")[0] + ":"]
    if name in _ADDRESSES and tag != "a" and ("//" in bare):
        return [bare[:60]]
    return []
