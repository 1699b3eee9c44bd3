"""OpenAI's SDK uploads requests, begins a batch with them, and reads what the stand-in provider answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

ENDPOINT: Any = "/v1/chat/completions"


@pytest.fixture(scope="module")
def client(ports: dict[str, int]) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"http://127.0.0.1:{ports['provider']}/v1", api_key="none", max_retries=0) as found:
        yield found


def begun(client: openai.OpenAI, *texts: str) -> Any:
    """Begin a batch that says these texts to a model."""
    bodies = [{"model": "gpt-4o-mini-2024-07-18", "messages": [{"role": "user", "content": text}]} for text in texts]
    lines = [
        {"custom_id": text, "method": "POST", "url": ENDPOINT, "body": body}
        for text, body in zip(texts, bodies, strict=True)
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    file = client.files.create(file=("requests.jsonl", content), purpose="batch")
    assert (file.filename, file.bytes, file.purpose) == ("requests.jsonl", len(content), "batch")
    assert client.files.content(file.id).content == content
    return client.batches.create(
        input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", metadata={"job": "nightly"}
    )


def test_a_batch_is_worked_on_and_read(client: openai.OpenAI) -> None:
    batch = begun(client, "one", "two", "three")
    assert batch.status in ("validating", "in_progress")
    while batch.status in ("validating", "in_progress"):
        batch = client.batches.retrieve(batch.id)
    assert (batch.status, batch.metadata) == ("completed", {"job": "nightly"})
    assert (batch.request_counts.total, batch.request_counts.completed, batch.request_counts.failed) == (3, 3, 0)
    output = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
    assert [line["custom_id"] for line in output] == ["one", "two", "three"]
    said = [openai.types.chat.ChatCompletion.model_validate(line["response"]["body"]) for line in output]
    assert [made.choices[0].message.content.split("said: ")[1] for made in said] == ["one", "two", "three"]
    assert batch.id in [found.id for found in client.batches.list(limit=2)]
    assert batch.output_file_id in [found.id for found in client.files.list()]


def test_a_batch_of_wrong_lines_fails_with_the_reason(client: openai.OpenAI) -> None:
    file = client.files.create(file=("requests.jsonl", b'{"custom_id": "a"}'), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h")
    while batch.status != "failed":
        batch = client.batches.retrieve(batch.id)
    assert "Line 1" in batch.errors.data[0].message


def test_what_is_not_there_and_what_has_ended_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_none")
    with pytest.raises(openai.NotFoundError):
        client.batches.create(input_file_id="file-none", endpoint=ENDPOINT, completion_window="24h")
    batch = begun(client, "only")
    while batch.status in ("validating", "in_progress"):
        batch = client.batches.retrieve(batch.id)
    with pytest.raises(openai.ConflictError):
        client.batches.cancel(batch.id)
    assert client.files.delete(batch.input_file_id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(batch.input_file_id)
