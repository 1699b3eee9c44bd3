"""What a browser would make of a response: active content in what is delivered as HTML. Pure."""

from __future__ import annotations

from gonogo.facts import Exchange
from gonogo.screen import links
from gonogo.screen.markup import active

_DATA = ("application/json", "text/event-stream", "application/x-ndjson", "application/problem+json")


def rendered(exchange: Exchange) -> list[str]:
    """Return what is active in a response that a browser would render; nothing where it is delivered as data.

    A response without a type, or as plain text without `nosniff`, is rendered by some browsers.
    """
    kind = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    sniffed = exchange.headers.get("x-content-type-options", "").lower() != "nosniff"
    if kind in _DATA or (kind == "text/plain" and not sniffed):
        return []
    return active(exchange.body) or active(exchange.answer)


def carried(text: str) -> list[str]:
    """Return what would be active in an answer that a page shows as HTML or Markdown: tags, remote images, scripts."""
    fetched = [link.target for link in links.find(text) if link.form == "image" and "//" in link.target]
    return [
        *active(text),
        *fetched,
        *(link.target for link in links.find(text) if link.scheme not in ("", "http", "https")),
    ]
