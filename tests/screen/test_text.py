from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.screen import injection, links, normal, personal, secrets, synthetic
from gonogo.screen.canaries import make
from gonogo.screen.text import MOST_MATCHES, screened

KEY = b"a key of the run"
SECRET = synthetic.CREDENTIALS["openai-key"]("one")
MAIL = "mira.oak@example.org"


def test_secrets_and_personal_data_are_masked_and_told_with_equal_digests_for_equal_finds() -> None:
    kept, matches = screened(f"key {SECRET}, mail {MAIL}, again {MAIL}", "body", KEY)
    assert SECRET not in kept and MAIL not in kept and kept.endswith("mail [email], again [email]")
    assert [m.detector for m in matches] == ["secret:openai-key", "email", "email"]
    assert matches[1].digest == matches[2].digest != matches[0].digest
    assert {m.where for m in matches} == {"body"}


def test_planted_values_stay_readable_and_carry_their_id() -> None:
    planted = {"personal:email": MAIL, "secret:openai-key": SECRET}
    kept, matches = screened(f"{MAIL} and {SECRET} and jo@example.net", "answer", KEY, planted)
    assert kept == f"{MAIL} and {SECRET} and [email]"
    assert [m.canary for m in matches if m.detector == "canary"] == ["personal:email", "secret:openai-key"]
    assert [(m.detector, m.canary) for m in matches if m.detector == "email"] == [("email", None)]


def test_a_secret_glued_to_a_canary_is_masked_around_it() -> None:
    word = make("x")
    kept, _ = screened(SECRET + word + "tail2b", "body", KEY, {"x": word})
    assert kept == f"…{word}…"


@pytest.mark.parametrize(
    "form",
    [
        lambda w: base64.b64encode(f"the word is {w} here".encode()).decode(),
        lambda w: f"data {w.encode().hex()}",
        lambda w: "".join(f"%{ord(c):02x}" for c in w),
        lambda w: w[::-1],
        lambda w: "\u200b".join(w),
        lambda w: " ".join(w),
        lambda w: w.lower(),
        lambda w: w.replace("O", "О").replace("C", "С").replace("I", "І"),
        lambda w: "".join(chr(0xE0000 + ord(c)) for c in w),
        lambda w: base64.b64encode(w.encode().hex().encode()).decode(),
    ],
)
def test_a_canary_is_seen_in_other_forms(form) -> None:
    word = make("seen")
    _, matches = screened(f"look: {form(word)}", "answer", KEY, {"a1": word})
    assert [m.canary for m in matches if m.detector == "canary"] == ["a1"]


def test_links_are_told_and_carry_the_canary_in_them() -> None:
    word = make("link")
    text = f"See ![x](https://drop.invalid/p?d={word}) [y](https://docs.invalid/)"
    kept, matches = screened(text, "answer", KEY, {"a": word})
    assert kept == text
    assert [(m.detector, m.canary) for m in matches] == [
        ("canary", "a"),
        ("link:image", "a"),
        ("link:link", None),
    ]


def test_what_is_cut_off_was_screened_and_no_half_secret_is_left() -> None:
    text = "x " * 1990 + SECRET + " " + MAIL
    kept, matches = screened(text, "body", KEY)
    assert len(kept) <= 4000 and SECRET[:12] not in kept
    assert [m.detector for m in matches] == ["secret:openai-key", "email"]


def test_matches_are_bounded() -> None:
    _, matches = screened(f"{MAIL} " * 5000, "body", KEY)
    assert len(matches) == MOST_MATCHES


def test_half_a_character_stops_nothing() -> None:
    kept, matches = screened(f"\ud83d {MAIL} \udc00", "body", KEY, {"a": make("a")})
    assert kept == "\ufffd [email] \ufffd"
    assert [m.detector for m in matches] == ["email"]
    assert (
        secrets.find(f"\ud83d {SECRET}")
        and links.find("\ud83d https://a.invalid")
        and injection.marks("\ud83d") == set()
    )
    assert list(normal.forms("\ud83d"))


PIECES = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="0123456789 -.+()/@", max_size=30),
    st.sampled_from(
        [SECRET, MAIL, "4111 1111 1111 1111", "+1 415 555 0123", "sk-", make("x"), "…", " at ", " dot com"]
    ),
    st.text(alphabet=string.ascii_letters + string.digits, min_size=20, max_size=80).map(lambda s: "sk-" + s),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12), st.integers(0, 200))
def test_nothing_private_is_found_in_what_is_kept(pieces: list[str], limit: int) -> None:
    kept, matches = screened("".join(pieces), "body", KEY, limit=limit)
    assert len(kept) <= limit
    assert not secrets.find(kept) and not personal.find(kept)
    assert all(m.where == "body" for m in matches)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.sampled_from(["https://a.invalid", "](", "call ", "src=", "javascript:x"]), max_size=8))
def test_the_one_pass_over_a_short_text_misses_nothing_that_each_detector_finds(pieces: list[str]) -> None:
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gonogo.screen.text.SHORT", -1)
        each = screened(text, "body", KEY)
    assert screened(text, "body", KEY) == each


def test_a_megabyte_of_anything_is_screened() -> None:
    source = random.Random(5)
    for alphabet in (string.printable, "0123456789 ", "a@.", "é漢字🙂 ", "[](<!", "A1b2C3-_"):
        text = "".join(source.choice(alphabet) for _ in range(1_000_000))
        kept, _ = screened(text, "body", KEY, {"c": make("c")})
        assert len(kept) <= 4000
