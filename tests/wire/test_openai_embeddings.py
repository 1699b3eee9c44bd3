"""Embeddings: forms of input, and of vectors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gonogo.wire import openai_embeddings
from gonogo.wire.base import ModelAnswer, Usage, WireError


def inputs(value: Any) -> tuple[str, ...]:
    body = json.dumps({"model": "m", "input": value}).encode()
    return openai_embeddings.parse(body, "/v1/embeddings", {}).inputs


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", ("a",)), (["a", "b"], ("a", "b")), ([1, 2], ("1 2",)), ([[1, 2], [3]], ("1 2", "3")), (["a"], ("a",))],
)
def test_texts_and_token_ids_are_read(value: Any, read: tuple[str, ...]) -> None:
    assert inputs(value) == read


@pytest.mark.parametrize("value", [[], 5, None, {}, ["a", 1], [["a"], 1]])
def test_any_other_input_is_refused(value: Any) -> None:
    with pytest.raises(WireError) as refused:
        inputs(value)
    assert refused.value.param == "input"


@pytest.mark.parametrize("form", ["float", "base64"])
def test_vectors_are_read_back_in_either_form(form: str) -> None:
    body = json.dumps({"model": "m", "input": ["a", "b"], "encoding_format": form}).encode()
    request = openai_embeddings.parse(body, "/v1/embeddings", {})
    answer = ModelAnswer(model="m", vectors=((0.5, -0.25), (1.0, 0.0)), usage=Usage(input=2))
    written = openai_embeddings.answer(request, answer)
    assert isinstance(json.loads(written)["data"][0]["embedding"], str if form == "base64" else list)
    found = openai_embeddings.read(written)
    assert (found.vectors, found.usage) == (answer.vectors, answer.usage)


@pytest.mark.parametrize("value", ["!", "AAA", 5, [None], ["x"], [10**400]])
def test_a_vector_that_is_none_is_refused(value: Any) -> None:
    body = json.dumps({"data": [{"embedding": value}]}).encode()
    with pytest.raises(WireError):
        openai_embeddings.read(body)


def test_a_deployment_of_azure_is_the_model() -> None:
    path = "/openai/deployments/embed-3/embeddings?api-version=1"
    assert openai_embeddings.parse(b'{"input": "a"}', path, {}).model == "embed-3"
