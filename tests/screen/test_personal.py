"""Personal data is found in the forms in which people write it, and look-alikes are left alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.screen import personal
from gonogo.screen.synthetic import PERSONAL
from gonogo.screen.text import screened

KEY = b"k" * 32


def types(text: str) -> list[str]:
    return [found.kind for found in personal.find(text)]


@pytest.mark.parametrize("kind", PERSONAL)
@pytest.mark.parametrize(
    "around", ["{}", "It is {}.", '{{"value": "{}"}}', "x = '{}'  # note", "<b>{}</b>", "a\n{}\nb"]
)
def test_synthetic_data_is_found_whole_wherever_it_stands(kind, around):
    for seed in "abcdefgh":
        value = PERSONAL[kind](seed)
        text = around.format(value)
        assert [(f.kind, text[f.start : f.end]) for f in personal.find(text)] == [(kind, value)]


@pytest.mark.parametrize("kind", PERSONAL)
def test_spaced_forms_are_found(kind):
    value = PERSONAL[kind]("a")
    assert types(f"It is {' '.join(value.replace(' ', ''))} as you asked") == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("alice at example dot org", "email"),
        ("alice [at] example [dot] org", "email"),
        ("alice%40example.org", "email"),
        ("4111 1111 1111 1111", "credit-card"),
        ("4111-1111-1111-1111", "credit-card"),
        ("3782 822463 10005", "credit-card"),
        ("GB82 WEST 1234 5698 7654 32", "iban"),
        ("DE89370400440532013000", "iban"),
        ("my SSN is 253 14 1234", "ssn"),
        ("(415) 555-0132", "phone"),
        ("+44 20 7946 0958", "phone"),
        ("call me on 089 72 63 41", "phone"),
    ],
)
def test_each_form_is_found(text, kind):
    assert types(f"So: {text}, please.") == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "order 4111111111111112 is late",
        "GB82WEST12345698765433",
        "2026-11-27T08:50:35Z",
        "2026-11-27 08:50:35.123",
        "id 0af7651916cd43dd8448eb211c80319c",
        "123e4567-e89b-12d3-a456-426614174000",
        "version 1.22.333.4444",
        "10.0.12.255:8000",
        "000-12-3456 and 900-12-3456 and 666-12-3456",
        "1700000000123456789",
        "pages 100-200, 300-400",
        "look at that dot on the map",
        "12 34 56 78",
        "lab0a1b2c3d",
        "ORCHID1234ABCD",
    ],
)
def test_look_alikes_are_left_alone(text):
    assert types(text) == []


@given(st.text(max_size=300))
def test_any_text_is_screened_without_an_error_and_places_do_not_overlap(text):
    found = personal.find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(alphabet="0123456789 -+.()@abcxé\u00a0", max_size=120))
def test_what_is_found_in_number_like_text_is_no_longer_there_when_it_is_masked(text):
    shown, matches = screened(text, "answer", KEY, None)
    assert len(matches) == len(personal.find(text))
    assert shown.count("[") == len(matches)


def test_facts_hide_personal_data_and_keep_what_the_lab_planted():
    planted = {"personal:email": PERSONAL["email"]("p")}
    text = f"{planted['personal:email']} wrote to carol@example.org, {planted['personal:email']}"
    shown, matches = screened(text, "answer", KEY, planted)
    assert shown == text.replace("carol@example.org", "[email]")
    assert [(m.detector, m.canary) for m in matches] == [("canary", "personal:email"), ("email", None)]
    assert matches[1].digest == screened("carol@example.org", "x", KEY)[1][0].digest


def test_a_secret_wins_over_personal_data_in_it():
    shown, matches = screened("postgresql://svc:Xk29fLq8Zw71@db.prod-lab.net:5432/app", "log", KEY)
    assert [m.detector for m in matches] == ["secret:connection-string"]
    assert "Xk29fLq8Zw71" not in shown
