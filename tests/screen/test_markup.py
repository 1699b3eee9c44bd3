"""Active content is found as a browser's parser would find it, and text that shows it escaped is left alone."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.prove.lab.attacks.load import attacks
from gonogo.screen.markup import active

HTML = ("script", "event-handler", "frame", "form")


@pytest.mark.parametrize("attack", [a for a in attacks(["output"]) if a.technique in HTML], ids=lambda a: a.id)
def test_active_content_is_found_raw_and_not_when_it_is_escaped(attack):
    assert active(attack.text)
    assert active(html.escape(attack.text)) == []


@pytest.mark.parametrize("text", ["3 < 5 and 7 > 2", "<b>bold</b>", '<a href="https://example.org">x</a>', "a <- b"])
def test_harmless_text_has_nothing_active_in_it(text):
    assert active(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a href='java&#x09;script:x()'>", "javascript:"),
        ("<img src=//canary.invalid/x>", "//canary.invalid/x"),
        ("<p style='background:url(//x)'>", "style: url()"),
    ],
)
def test_attributes_are_read_as_a_browser_reads_them(text, found):
    assert active(text) == [found]


@given(st.text(alphabet="<>/=\"' asciptonr&#x;", max_size=120))
def test_any_text_is_read_without_an_error(text):
    assert isinstance(active(text), list)
