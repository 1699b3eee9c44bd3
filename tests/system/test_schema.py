"""The JSON Schema and the reference page say what the reader of the file does."""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from gonogo.facts import System
from gonogo.system.schema import PAGE_FILE, SCHEMA_FILE, page, pages, schema
from gonogo.system.shape import record_of

DOCS = Path(__file__).parents[2] / "docs"


def records() -> list[type]:
    hints = typing.get_type_hints(System)
    inner = (record_of(hints[f.name]) for f in dataclasses.fields(System))
    return [System, *(r for r in inner if r is not None)]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    "text",
    [
        "name: a",
        "name: a\nkinds: [rag]\njourneys: [{name: j, path: /a, body: {x: 1}}]",
        "systems: [{name: a, path: a}]\nregimes: [gdpr]",
        "name: a\nextends: policy.yaml",
    ],
)
def test_right_files_are_right_by_the_schema(text):
    assert Draft202012Validator(schema()).is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    ["kinds: [rag]", "name: 1", "name: a\nkinds: [rags]", "name: a\nx: 1", "systems: []", "systems: [{name: a}]",
     "name: a\nsystems: [{name: a, path: a}]", "name: a\njourneys: [{path: /a}]", "- a"],
)  # fmt: skip
def test_wrong_files_are_wrong_by_the_schema(text):
    assert not Draft202012Validator(schema()).is_valid(yaml.safe_load(text))


def test_every_key_has_a_description_in_the_schema():
    made = schema()
    for record in records():
        described = made["$defs"][record.__name__]
        assert described["description"], record
        for field in dataclasses.fields(record):
            assert described["properties"][field.name].get("description"), f"{record.__name__}.{field.name}"


def test_every_key_stands_on_the_page():
    text = page()
    for record in records():
        for field in dataclasses.fields(record):
            assert f"| `{field.name}` |" in text


@pytest.mark.parametrize("path", [SCHEMA_FILE, PAGE_FILE])
def test_the_committed_reference_is_what_the_code_says(path):
    assert (DOCS / path).read_text(encoding="utf-8") == pages()[path], "run `make docs`"


def test_the_examples_on_the_page_are_right(declare):
    from gonogo.system import load

    blocks = [part.split("```")[0] for part in page().split("```yaml\n")[1:]]
    assert len(blocks) == 2
    assert load(declare(blocks[0])) is not None
    assert load(declare(blocks[1]), "search") is not None


def test_the_schema_is_the_same_text_every_time():
    assert json.dumps(schema()) == json.dumps(schema())
