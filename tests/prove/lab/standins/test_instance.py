"""Values made from schemas satisfy them, by the judgement of jsonschema; free texts hold the marker."""

import json

import jsonschema
import pytest

from gonogo.prove.lab.standins.instance import instance

POINT = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"], "additionalProperties": False}
TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "inner": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            "required": ["name", "inner"],
        }
    },
}
SCHEMAS = {
    "text": {"type": "string"},
    "short": {"type": "string", "maxLength": 3},
    "long": {"type": "string", "minLength": 40},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
    "pattern-words": {"type": "string", "pattern": r"^(red|green)\s\w+$"},
    "pattern-open": {"type": "string", "pattern": r"^\d+(\.\d{2})?$"},
    "pattern-not": {"type": "string", "pattern": r"^[^0-9a-z]{3}$"},
    "pattern-part": {"type": "string", "pattern": "order-[0-9]+"},
    **{f: {"type": "string", "format": f} for f in ("date-time", "date", "time", "email", "uri", "uuid", "ipv4")},
    **{f: {"type": "string", "format": f} for f in ("hostname", "ipv6", "duration", "uri-reference")},
    "enum": {"enum": ["a", "b"]},
    "const": {"const": 3},
    "null": {"type": "null"},
    "nullable": {"type": ["null", "integer"]},
    "boolean": {"type": "boolean"},
    "least": {"type": "integer", "minimum": 5},
    "most": {"type": "integer", "maximum": -5},
    "between": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "below": {"type": "number", "exclusiveMaximum": 0.5},
    "below-whole": {"type": "integer", "exclusiveMaximum": 1},
    "step": {"type": "integer", "minimum": 10, "multipleOf": 7},
    "step-most": {"type": "integer", "maximum": 20, "multipleOf": 8},
    "fraction": {"type": "integer", "minimum": 0.5},
    "any-of": {"anyOf": [{"type": "null"}, POINT]},
    "any-of-ref": {"anyOf": [{"$ref": "#/$defs/p"}, {"type": "null"}], "$defs": {"p": POINT}},
    "one-of": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    "all-of": {"allOf": [{"required": ["y"], "properties": {"y": {"const": 1}}}], "type": "object"},
    "all-of-ref": {"allOf": [{"$ref": "#/$defs/p"}], "$defs": {"p": POINT}, "description": "a point"},
    "ref-beside": {"$ref": "#/$defs/p", "description": "a point", "$defs": {"p": POINT}},
    "definitions": {"$ref": "#/definitions/p", "definitions": {"p": POINT}},
    "array": {"type": "array", "items": POINT, "minItems": 2, "maxItems": 3},
    "unique": {"type": "array", "items": {"type": "string"}, "minItems": 3, "uniqueItems": True},
    "unique-numbers": {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    "unique-enum": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 2, "uniqueItems": True},
    "no-items": {"type": "array", "maxItems": 0},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False, "minItems": 2},
    "untyped": {"properties": {"a": {"items": {"type": "integer"}}}, "required": ["a"]},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    "unlisted": {"type": "object", "required": ["z"]},
    "unlisted-typed": {"type": "object", "required": ["z"], "additionalProperties": {"type": "integer"}},
    "anything": {},
    "open": {"type": "object", "properties": {"any": True, "thing": {}}, "required": ["any", "thing"]},
    "tree": TREE,
    "default": {"type": "integer", "default": 7},
    "not-its-default": {"type": "string", "default": None},
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_value_satisfies_its_schema_and_is_the_same_each_time(name):
    schema = SCHEMAS[name]
    made = instance(schema, "lab00000001")
    judge = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in judge.iter_errors(made)] == []
    assert json.dumps(made) == json.dumps(instance(schema, "lab00000001"))
    assert len(json.dumps(made)) < 10_000


def test_free_texts_hold_the_marker():
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "sources": {"type": "array"}}}
    assert instance(schema, "lab00000001")["answer"] == "lab00000001"


def test_a_schema_that_refers_to_itself_ends():
    assert len(json.dumps(instance({"$ref": "#"}, "x"))) < 1000
    both = {"type": "array", "items": {"$ref": "#"}}
    assert len(json.dumps(instance(both, "x"))) < 1000


@pytest.mark.parametrize("pattern", ["(", "(?=a)b", "a{2,1}", "^(a|b"])
def test_a_pattern_that_cannot_be_met_gets_a_text_all_the_same(pattern):
    assert isinstance(instance({"type": "string", "pattern": pattern}, "lab"), str)
