"""Files and Batches: lines that name their mistakes, objects that the SDK reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Batch as SdkBatch
from openai.types import FileObject

from gonogo.wire import openai_batch
from gonogo.wire.base import WireError

LINE = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m"}}


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/v1/files", ("file.create", "")),
        ("GET", "/v1/files?limit=2", ("file.list", "")),
        ("GET", "/v1/files/file-1", ("file.retrieve", "file-1")),
        ("DELETE", "/v1/files/file-1", ("file.delete", "file-1")),
        ("GET", "/v1/files/file-1/content", ("file.content", "file-1")),
        ("POST", "/openai/v1/batches?api-version=1", ("batch.create", "")),
        ("GET", "/v1/batches/batch_1", ("batch.retrieve", "batch_1")),
        ("POST", "/v1/batches/batch_1/cancel", ("batch.cancel", "batch_1")),
        ("GET", "/v1/batches/batch_1/cancel", None),
        ("PUT", "/v1/files", None),
        ("POST", "/v1/chat/completions", None),
    ],
)
def test_what_a_request_wants_is_in_its_path(method: str, path: str, found: tuple[str, str] | None) -> None:
    assert openai_batch.find(method, path) == found


def test_lines_are_read_with_their_body() -> None:
    content = json.dumps(LINE).encode() + b"\n\n" + json.dumps(LINE | {"custom_id": "ü"}).encode()
    first, second = openai_batch.read_lines(content)
    assert (first.custom_id, first.url, first.body) == ("a", "/v1/chat/completions", b'{"model":"m"}')
    assert second.custom_id == "ü"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "1 to 50000 requests"),
        (b"{", "Line 1: "),
        (b'{"custom_id":"a","url":"/","body":{}}\n[]', "Line 2: "),
        (b'{"custom_id":"a","url":"/"}', "Line 1: Missing required parameter: 'body'"),
        (b'{"custom_id":1,"url":"/","body":{}}', "Line 1: Invalid type for 'custom_id'"),
    ],
)
def test_a_wrong_line_is_named(content: bytes, says: str) -> None:
    with pytest.raises(WireError, match=says):
        openai_batch.read_lines(content)


@given(st.binary(max_size=60))
def test_any_lines_and_any_request_are_read_or_refused(body: bytes) -> None:
    for read in (openai_batch.read_lines, openai_batch.read_batch):
        try:
            read(body)
        except WireError as refused:
            assert refused.status == 400


def test_objects_are_those_of_the_sdk() -> None:
    asked = {"input_file_id": "file-1", "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch = openai_batch.read_batch(json.dumps(asked | {"metadata": {"team": "t"}}).encode())
    written = SdkBatch.model_validate_json(openai_batch.write_batch(batch))
    assert (written.input_file_id, written.completion_window, written.metadata) == ("file-1", "24h", {"team": "t"})
    FileObject.model_validate_json(openai_batch.write_file(openai_batch.File(id="file-1", name="in.jsonl")))


def test_a_line_of_the_output_holds_the_answer_as_it_is() -> None:
    (line,) = openai_batch.read_lines(json.dumps(LINE).encode())
    written = json.loads(openai_batch.write_line(line, 200, b'{"id":"x"}', id="1"))
    assert (written["custom_id"], written["response"]["status_code"], written["response"]["body"]) == (
        "a",
        200,
        {"id": "x"},
    )
