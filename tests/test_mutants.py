"""The copy that mutation testing mutates: it does what the original does, with every body within reach."""

from __future__ import annotations

import ast

import pytest

from tests import mutants

DECORATED = '''
def twice(factor):
    def wrap(function):
        return lambda given: factor * function(given)
    return wrap

@twice(
    3,
)
@twice(2)
def named(given: int) -> str:
    """A {doc} string."""
    return "one {word} and more" + " another" + given + 'x'
'''


def test_a_decorated_function_becomes_a_plain_one_bound_to_the_same_name():
    text = mutants.sentences_kept(mutants.plain(DECORATED))
    assert "\n@" not in text and "def named_plain(" in text
    before, after = {}, {}
    exec(DECORATED, before)
    exec(text, after)
    assert after["named"]("a") == before["named"]("a") == 6 * "one {word} and more anotherax"


def test_only_sentences_are_kept_from_being_mutated():
    text = mutants.sentences_kept(DECORATED)
    assert 'f"one {{word}} and more"' in text
    assert '+ " another"' in text and "+ 'x'" in text
    assert '"""A {doc} string."""' in text


FILES = [
    file for package in mutants.DEFAULT for file in sorted((mutants.ROOT / mutants.SOURCE / package).rglob("*.py"))
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(mutants.ROOT / mutants.SOURCE).as_posix())
def test_every_module_stays_one_that_python_reads(file):
    tree = ast.parse(mutants.sentences_kept(mutants.plain(file.read_text())))
    assert not [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.decorator_list]


@pytest.mark.parametrize(
    ("states", "rate"),
    [
        (["killed", "timeout", "survived", "no tests"], (2, 4)),
        (["killed", "not checked", "skipped"], (1, 1)),
        ([], (0, 0)),
    ],
)
def test_what_was_not_judged_counts_neither_way(states, rate):
    assert mutants.rate(states) == rate
