"""Tokens as OpenAI's tokenizers count them; the figures are tiktoken's."""

import pytest

from gonogo.derive import tokens

TEXT = "Überraschung: café 👋🏽 — “quotes”, 3.14 and\n\n  if x:\n    return {'a': 1}"


@pytest.fixture(autouse=True)
def loaded():
    assert tokens.load() is not None, "the extra `tokens` is a part of the development environment"


@pytest.mark.parametrize(
    ("model", "text", "count"),
    [
        ("gpt-4o-2024-11-20", "hello world", 2),
        ("gpt-4o-2024-11-20", TEXT, 31),
        ("gpt-4-0613", TEXT, 34),
        ("gpt-4o", "", 0),
        ("gpt-4o", "<|endoftext|>", 7),
    ],
)
def test_texts_are_counted_as_the_models_tokenizer_does(model, text, count):
    assert tokens.count(text, model) == count


def test_a_lone_surrogate_is_counted_as_what_replaces_it():
    assert tokens.count("a\ud800", "gpt-4o") == tokens.count("a?", "gpt-4o")


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4o", "o200k_base"),
        ("openai/gpt-4o-mini-2024-07-18", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:acme::1", "o200k_base"),
        ("gpt-4.1-nano", "o200k_base"),
        ("gpt-5-mini", "o200k_base"),
        ("chatgpt-4o-latest", "o200k_base"),
        ("o3", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("claude-sonnet-4-5", None),
        ("gemini-2.5-pro", None),
        ("olmo-2", None),
        ("", None),
    ],
)
def test_each_family_of_models_has_its_tokenizer(model, encoding):
    assert tokens.encoding_of(model) == encoding
    assert (tokens.count("hello", model) is None) == (encoding is None)


def test_without_a_tokenizer_a_quarter_of_the_characters_are_about_the_tokens():
    assert [tokens.about(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
