"""Marks of an injection are named by technique, through disguises, and harmless talk about instructions has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.prove.lab.attacks.forms import FORMS, encoded
from gonogo.prove.lab.attacks.load import attacks
from gonogo.screen.injection import MARKS, marks

INJECTIONS = attacks(["injection"])


@pytest.mark.parametrize("attack", [a for a in INJECTIONS if a.benign], ids=lambda a: a.id)
def test_harmless_look_alikes_have_no_mark(attack):
    assert marks(attack.text) == frozenset()


@pytest.mark.parametrize("technique", [t for t in MARKS if t != "extraction"])
def test_most_attacks_of_each_technique_have_a_mark(technique):
    texts = [a.text for a in INJECTIONS if a.technique == technique]
    assert sum(bool(marks(text)) for text in texts) * 4 >= 3 * len(texts)


@pytest.mark.parametrize("form", FORMS)
def test_a_disguise_does_not_hide_a_mark(form):
    plain = next(a for a in INJECTIONS if a.id == "override-plain")
    assert "override" in marks(encoded(plain, form).text)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    assert marks(text) <= set(MARKS)
