"""Documents of known text and origin for the app's own indexer: a small handbook of one warehouse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

_HANDBOOK = Path(__file__).with_name("handbook.yaml")
AUTHORS = ("Ada Winter", "Bruno Keller", "Clara Vogt")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One document, a Markdown file called `name` with front matter; `sections` are headings with their texts.

    `trait` says what is special about it, `of` names the page that it repeats. `confidence` is that of the text
    recognition it went through (0 to 1, `ocr_confidence` in the front matter), None for a text that was typed. `raw` is
    what the file holds instead, where it is to be broken.
    """

    name: str
    title: str
    sections: tuple[tuple[str, str], ...]
    author: str = AUTHORS[0]
    date: str = "2025-03-14"
    category: str = "house"
    tenant: str = ""
    trait: str = ""
    of: str = ""
    confidence: float | None = None
    raw: bytes | None = None

    @property
    def content(self) -> bytes:
        """What the file holds. The values of its front matter are JSON, which is YAML as well."""
        if self.raw is not None:
            return self.raw
        named = {"title": self.title, "author": self.author, "date": self.date, "category": self.category}
        more = {"tenant": self.tenant or None, "ocr_confidence": self.confidence}
        head = {**named, **{key: value for key, value in more.items() if value is not None}}
        lines = ["---", *(f"{key}: {json.dumps(value)}" for key, value in head.items()), "---", f"# {self.title}"]
        return "\n\n".join(["\n".join(lines), *(f"## {h}\n\n{text}" for h, text in self.sections)]).encode() + b"\n"


def pages() -> Iterator[Page]:
    """Yield the handbook: twelve pages of two sections, no sentence of which stands twice."""
    for number, page in enumerate(yaml.safe_load(_HANDBOOK.read_text())):
        yield Page(
            name=f"{page['name']}.md", title=page["title"], sections=tuple(page["sections"].items()),
            author=AUTHORS[number % len(AUTHORS)], date=f"2025-{number + 1:02d}-14",
        )  # fmt: skip


def short(page: Page) -> Page:
    """Return a page with its first section alone."""
    return replace(page, sections=page.sections[:1])


QUESTION = "What does the handbook of the warehouse say?"
"""Asks for all of them."""
