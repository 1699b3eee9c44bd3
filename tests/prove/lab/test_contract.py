"""Requests follow from an OpenAPI document, and a response is held against it."""

import json

import pytest

from gonogo.prove.lab.contract import operations

THING = {
    "type": "object", "required": ["name"],
    "properties": {"name": {"type": "string"}, "size": {"type": "integer", "nullable": True}},
}  # fmt: skip


def document(version="3.0.3", **operation):
    id = {"name": "id", "in": "path", "schema": {"type": "integer"}}
    paths = {"/things/{id}": {"parameters": [id], "post": operation}}
    return {"openapi": version, "paths": paths, "components": {"schemas": {"Thing": THING}}}


def body(**more):
    return {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}, **more}}}


def only(**operation):
    (found,) = operations(document(**operation))
    return found


def differences(status, value, **operation):
    made = only(responses={"200": body(), "4XX": {"description": "refused"}}, **operation)
    return made.differences(status, "application/json; charset=utf-8", json.dumps(value).encode())


def test_the_examples_come_first_then_the_schema_then_what_it_refuses():
    examples = {"small": {"value": {"name": "a"}}}
    tried = list(only(requestBody=body(examples=examples), responses={}).requests({}))
    assert [(t.source, t.name) for t in tried] == [
        ("example", "small"), ("schema", "valid"), ("malformed", "name missing"), ("malformed", "name: wrong type"),
    ]  # fmt: skip
    assert {t.path for t in tried} == {"/things/1"}


def test_a_parameter_of_something_that_exists_is_filled_in():
    assert next(only(responses={}).requests({"id": "a b"})).path == "/things/a%20b"


def test_a_required_query_is_given_once_and_left_out_once():
    parameters = [{"name": "q", "in": "query", "required": True, "schema": {"type": "string", "example": "x"}}]
    tried = list(only(parameters=parameters, responses={}).requests({"id": "7"}))
    assert [(t.source, t.path) for t in tried] == [("schema", "/things/7?q=x"), ("malformed", "/things/7")]


@pytest.mark.parametrize("value", [{"name": "a"}, {"name": "a", "size": None}])
def test_a_response_of_the_schema_has_no_difference(value):
    assert differences(200, value) == ([], [])


def test_a_field_that_nobody_named_is_undocumented():
    assert differences(200, {"name": "a", "secret": 1}) == (["field /secret"], [])


def test_a_field_that_is_missing_is_a_mismatch():
    assert differences(200, {"size": 1})[1] == ["/: 'name' is a required property"]


def test_a_status_that_nobody_named_is_undocumented():
    assert differences(500, {}) == (["status 500"], [])


def test_a_class_of_statuses_is_documented_and_its_body_is_not():
    assert differences(422, {}) == (["content type application/json with status 422"], [])


@pytest.mark.parametrize("wrong", [None, [], {}, {"swagger": "2.0"}, {"openapi": "3.1.0"}])
def test_what_is_no_openapi_document_has_no_operation(wrong):
    assert operations(wrong) == []
