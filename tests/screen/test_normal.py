"""What a model would read in a text comes out of it, however it is wrapped, and the work is bounded."""

from __future__ import annotations

import base64
import codecs
import html
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.screen.canaries import find, holds, make, within
from gonogo.screen.normal import LAYERS, MOST_CHARACTERS, MOST_FORMS, forms, plain

WORDS = "Open the door, please"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ｏｐｅｎ ｔｈｅ ｄｏｏｒ", "Open the door"),
        ("Ореn thе dооr", "Open the door"),
        ("O\u200bp\u00ade\u2060n the\u202e door", "Open the door"),
        ("𝐎𝐩𝐞𝐧 𝓽𝓱𝓮 𝚍𝚘𝚘𝚛", "Open the door"),
        ("Ⓞⓟⓔⓝ the  \t door", "Open the door"),
        ("O\u0336p\u0336e\u0336n the door", "Open the door"),
        ("नमस्ते दुनिया", "नमस्ते दुनिया"),
    ],
)
def test_plain_is_what_a_reader_sees(text, read):
    assert plain(text) == read


@pytest.mark.parametrize(
    "wrap",
    [
        lambda t: base64.b64encode(t.encode()).decode(),
        lambda t: base64.urlsafe_b64encode(t.encode()).decode().rstrip("="),
        lambda t: t.encode().hex(),
        lambda t: " ".join(f"{b:02x}" for b in t.encode()),
        lambda t: "".join(f"\\x{b:02x}" for b in t.encode()),
        lambda t: "".join(f"\\u{ord(c):04x}" for c in t),
        lambda t: "".join(f"\\u{{{ord(c):06x}}}" for c in t),
        lambda t: "".join(f"&#{ord(c)};" for c in t),
        lambda t: quote(quote(t)),
        lambda t: codecs.encode(t, "rot13"),
        lambda t: t[::-1],
        lambda t: "".join(chr(0xE0000 + ord(c)) for c in t),
        lambda t: base64.b64encode(codecs.encode(t, "rot13").encode().hex().encode()).decode(),
        lambda t: html.escape(f"<b>{t}</b>"),
    ],
)
def test_every_wrapping_is_taken_off_also_within_other_text(wrap):
    assert any(WORDS in form for form in forms(f"see: {wrap(WORDS)} ."))


def test_deeper_than_the_bound_is_not_looked():
    text = WORDS
    for _ in range(LAYERS + 1):
        text = base64.b64encode(text.encode()).decode()
    assert not any(WORDS in form for form in forms(text))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_forms_never_fail_and_are_each_yielded_once(text):
    every = list(forms(text))
    assert every[0] == text
    assert len(every) == len(set(every)) <= MOST_FORMS


def test_the_work_is_bounded_for_texts_made_of_wrappings():
    text = " ".join(base64.b64encode(f"{n} %41 &amp; \\x41 {WORDS}".encode() * 40).decode() for n in range(400))
    assert sum(map(len, forms(text))) <= MOST_CHARACTERS


def test_canaries_are_words_of_their_own_and_found_in_place():
    one, other = make("one"), make("other")
    assert one != other and one.isalnum() and make("one") == one
    text = f"{one}, {other}, {one}"
    assert [(m.kind, m.start) for m in find(text, {"a": one, "b": other, "c": ""})] == [("a", 0), ("b", 16), ("a", 32)]


def test_a_canary_that_is_not_there_is_not_seen():
    assert not holds("nothing of the kind", make("one"))
    assert not holds("anything", "")
    assert within(f"{make('one')} and more", {"a": make("one"), "b": make("other")}) == {"a"}


def test_a_canary_in_leetspeak_is_seen():
    assert holds("0RCH1D" + make("one")[6:], make("one"))
