"""Rule 11: all text in facts is hostile where it is shown. Every attack stands in every text field, in every format."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gonogo.catalog.control import Catalog
from gonogo.facts import Assessment
from gonogo.report import html, junit, markdown, oscal, sarif, terminal
from gonogo.report import json as json_report

Corpus = list[tuple[str, Assessment, Catalog]]
COMMANDS = ("gonogo lab", 3)
ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

FORMATS: dict[str, Callable[[Assessment, Catalog, str], str]] = {
    "terminal": lambda a, c, x: terminal.render(a, c, commands=[(x, 1)]),
    "terminal, whole": lambda a, c, x: terminal.render(a, c, commands=[(x, 1)], whole=True, width=200),
    "html": lambda a, c, x: html.render(a, c, commands=[(x, 1)], verify=[x]),
    "markdown": lambda a, c, x: markdown.render(a, c, commands=[(x, 1)]),
    "sarif": lambda a, c, _: sarif.render(a, c),
    "junit": lambda a, c, _: junit.render(a, c),
    "json": lambda a, c, _: json_report.render(a, c),
    "oscal": lambda a, c, _: oscal.render(a, c),
}


@pytest.mark.parametrize("name", FORMATS)
def test_no_attack_puts_an_acting_character_into_any_format(name: str, corpus: Corpus) -> None:
    for attack, assessment, catalog in corpus:
        text = FORMATS[name](assessment, catalog, attack)
        assert {c for c in set(text) if c != "\n" and unicodedata.category(c) in ACTING} == set(), attack[:80]
        text.encode("utf-8")


@pytest.mark.parametrize("name", ["sarif", "json", "oscal"])
def test_attacks_leave_json_formats_one_document(name: str, corpus: Corpus) -> None:
    for attack, assessment, catalog in corpus:
        assert isinstance(json.loads(FORMATS[name](assessment, catalog, attack)), dict)


def test_attacks_leave_xml_well_formed_and_add_no_test_case(
    corpus: Corpus, assessment: Assessment, catalog: Catalog
) -> None:
    calm = [e.tag for e in ET.fromstring(junit.render(assessment, catalog)).iter("testcase")]
    for attack, poisoned, attacked in corpus:
        root = ET.fromstring(junit.render(poisoned, attacked))
        assert [e.tag for e in root.iter("testcase")] == calm, attack[:80]
        assert {e.tag for e in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}


def test_attacks_add_no_element_and_no_attribute_to_the_page(corpus: Corpus) -> None:
    from html.parser import HTMLParser

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__(convert_charrefs=True)
            self.seen: set[tuple[str, tuple[str, ...]]] = set()
            self.drawing = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
            self.seen.add((tag, tuple(sorted(name for name, _ in attrs))))
            assert tag not in {"script", "img", "iframe", "object", "embed", "form", "base", "link", "input"}
            assert not [n for n, _ in attrs if n.startswith("on") or n in ("src", "srcdoc", "action")]
            assert all(v.startswith("#") for n, v in attrs if n == "href")
            self.drawing = self.drawing or tag == "svg"
            if self.drawing and tag != "svg":
                assert tag in {"text", "line", "rect", "polyline"}
                assert all(n == "class" or re.fullmatch(r"[\d., ]+%?", v) for n, v in attrs)

        def handle_endtag(self, tag: str) -> None:
            self.drawing = self.drawing and tag != "svg"

    def tags(attack: str, assessment: Assessment, catalog: Catalog) -> set[tuple[str, tuple[str, ...]]]:
        parser = Tags()
        parser.feed(html.render(assessment, catalog, commands=[(attack, 1)], verify=[attack]))
        return parser.seen

    calm = tags(*next((a, x, c) for a, x, c in corpus if a.startswith("C:")))
    for attack, assessment, catalog in corpus:
        assert tags(attack, assessment, catalog) <= calm, attack[:80]


def test_templates_in_texts_are_not_evaluated(corpus: Corpus) -> None:
    attack, assessment, catalog = next(case for case in corpus if case[0].startswith("{{7*7}}"))
    page = html.render(assessment, catalog)
    assert "{{7*7}}" in page
    assert attack not in page  # its quotes are escaped


def test_rich_markup_in_texts_is_shown_and_not_obeyed(corpus: Corpus) -> None:
    _, assessment, catalog = next(case for case in corpus if case[0].startswith("[bold red]"))
    assert "[bold red]markup[/bold red]" in terminal.render(assessment, catalog, width=200)


def test_markdown_has_no_link_image_html_mention_or_reference_of_theirs(corpus: Corpus) -> None:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    ours = re.compile(r"(<!-- gonogo assessment -->|</?(details|sub|summary)>|[^<>])*\Z")
    live = re.compile(r"(?i)@[a-z0-9]|#\d|\bgh-\d|://|\bwww\.|mailto:[a-z]|:[a-z_]+:|\b[0-9a-f]{7,40}\b")
    for attack, assessment, catalog in corpus:
        text = markdown.render(assessment, catalog, commands=[(attack, 1)])
        for token in parser.parse(text):
            assert token.type not in {"fence", "code_block", "heading_open"} or token.tag in {"h2", "h3"}, attack[:80]
            assert token.type != "html_block" or ours.match(token.content), token.content[:200]
            for child in token.children or ():
                assert child.type not in {"link_open", "image", "em_open", "s_open"} or child.markup == "_", attack[:80]
                assert child.type != "html_inline" or ours.match(child.content), child.content
                assert child.type != "text" or not live.search(_calm(child.content)), child.content[:300]


def _calm(text: str) -> str:
    """Take out our own words that look alike: times, `sha256:` in places that we fence, none else."""
    return re.sub(r"\d\d:\d\d UTC", "", text)


def test_a_comment_stays_short_enough_for_github_whatever_it_holds(corpus: Corpus) -> None:
    for attack, assessment, catalog in corpus:
        assert len(markdown.render(assessment, catalog, commands=[(attack, 1)] * 50).encode()) <= markdown.LIMIT
