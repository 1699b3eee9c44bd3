from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.report import hostile

ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(categories=None), max_size=200))
def test_nothing_that_acts_stays_in_visible_text(text: str) -> None:
    assert not [c for c in hostile.visible(text) if unicodedata.category(c) in ACTING]


@given(st.text(max_size=300), st.integers(1, 50))
def test_visible_text_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    assert len(hostile.visible(text, limit)) <= limit


def test_ordinary_text_in_any_language_stays_as_it_is() -> None:
    for text in ("plain words, 5 % of 3", "Größe café naïve", "日本語のテスト", "Прибор", "x → y · z"):
        assert hostile.visible(text) == text


def test_what_acts_is_made_visible_and_not_dropped() -> None:
    assert hostile.visible("a\x1b[31mb\rc\u202ed") == "a\\x1b[31mb\\rc\\u202ed"


def test_lines_are_kept_only_where_asked() -> None:
    assert hostile.visible("a\n\n b") == "a b"
    assert hostile.visible("a\n\n b", lines=True) == "a\n\n b"


def test_towers_of_accents_are_cut_down() -> None:
    shown = hostile.visible("a" + "\u0301" * 40)
    assert shown.count("\u0301") == 3


def test_huge_text_is_cut_with_a_mark() -> None:
    assert hostile.visible("x" * 10_000_000, 100) == "x" * 99 + "…"


def test_ascii_text_has_only_ascii_for_old_terminals() -> None:
    assert hostile.ascii_only("a… é") == "a... \\xe9"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("@alice", "@&#8203;alice"),
        ("see #12", "see \\#&#8203;12"),
        ("https://x.example", "https:&#8203;//x.example"),
        ("www.x.example", "www&#8203;.x.example"),
        (":tada:", ":&#8203;tada:"),
        ("GH-7", "GH&#8203;-7"),
        ("at 0123456789abcdef", "at 012345&#8203;6789ab&#8203;cdef"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("![a](b)", "!\\[a\\](b)"),
        ("a|b`c`", "a\\|b\\`c\\`"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("$x$", "&#36;x&#36;"),
        ("a - b, 2. c = d", "a - b, 2. c = d"),
    ],
)
def test_markdown_structure_mentions_and_references_are_taken_out_of_effect(text: str, written: str) -> None:
    assert hostile.markdown(text) == written


@pytest.mark.parametrize("text", ["a`b", "``", "`", "```x```", "a\nb", ""])
def test_a_code_span_cannot_be_closed_from_within(text: str) -> None:
    span = hostile.markdown_code(text)
    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert fence and span.endswith(fence) and fence not in inside and "\n" not in span


@given(st.text(st.characters(categories=None), max_size=100))
def test_json_text_gives_back_what_went_in_but_for_half_surrogates(text: str) -> None:
    read = json.loads(hostile.json_text({"k": text}))["k"]
    assert read == hostile.unicode_only(text)
    assert hostile.json_text({"k": text}).encode("utf-8")


def test_json_text_moves_no_cursor_and_reverses_no_line() -> None:
    text = hostile.json_text(["\x1b[2J\u202e\x9b\ud800\U000e0041 é"])
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in ACTING]
    assert "é" in text
