"""Links are found in every form in which an answer can carry them, and known by where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.prove.lab.attacks.load import attacks
from gonogo.screen import links


@pytest.mark.parametrize(
    ("text", "form", "host"),
    [
        ("see ![x](https://canary.invalid/p.png?d=1 'title')", "image", "canary.invalid"),
        ("[Open](<https://user@Canary.invalid:8443/x>)", "link", "canary.invalid"),
        ("[Open][1]\n\n[1]: https://canary.invalid/x", "reference", "canary.invalid"),
        ('<img src="//canary.invalid/x">', "html", "canary.invalid"),
        ('<div style="background:url(https://canary.invalid/x)">', "html", "canary.invalid"),
        ("go to https://canary.invalid/x, please", "bare", "canary.invalid"),
    ],
)
def test_each_form_is_found_once(text, form, host):
    assert [(link.form, link.host) for link in links.find(text)] == [(form, host)]


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("[x](javascript:alert(1))", "javascript"),
        ('<a href="java&#x09;script:alert(1)">', "javascript"),
        ("[x](data:text/html,abc)", "data"),
        ("[x](//canary.invalid)", "https"),
        ("[x](/help?at=10:00)", ""),
        ("[x](#top)", ""),
    ],
)
def test_a_scheme_is_read_as_a_browser_reads_it(text, scheme):
    assert links.find(text)[0].scheme == scheme


def test_only_links_that_lead_elsewhere_are_foreign():
    text = (
        "[a](/help) [b](https://docs.example.org/x) [c](https://example.org.canary.invalid) ![d](http://example.org/d)"
    )
    found = [link.target for link in links.foreign(text, frozenset({"example.org"}))]
    assert found == ["https://example.org.canary.invalid"]


def test_every_link_of_the_attack_sets_is_foreign():
    for attack in attacks(["exfiltration"]):
        if attack.goal.link:
            assert links.foreign(attack.goal.link.replace("{canary}", attack.canary)), attack.id


@given(st.text(alphabet="[]()!<>:/.ahtps\"'=srcjavi \n", max_size=200))
def test_any_text_is_read_without_an_error(text):
    for link in links.find(text):
        assert isinstance(link.host, str)
        assert isinstance(link.scheme, str)
