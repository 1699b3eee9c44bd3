"""Counts in sentences."""

import pytest

from gonogo.checks.counts import counted, share


@pytest.mark.parametrize(
    ("some", "whole", "sentence"),
    [
        (1, 1, "the one policy lists its origins"),
        (2, 2, "all 2 policies list their origins"),
        (1, 3, "1 of 3 policies lists its origins"),
        (2, 3, "2 of 3 policies list their origins"),
        (0, 3, "0 of 3 policies list their origins"),
    ],
)
def test_a_share_agrees_with_its_verb(some, whole, sentence):
    assert share("x" * some, "x" * whole, "policy", "lists its origins", "list their origins") == sentence


def test_a_share_may_stand_without_a_verb():
    assert share([1], [1, 2], "route") == "1 of 2 routes"


@pytest.mark.parametrize(("some", "sentence"), [(0, "0 keys are"), ([1], "1 key is"), (2, "2 keys are")])
def test_a_number_agrees_with_its_words(some, sentence):
    assert counted(some, "key is", "keys are") == sentence
