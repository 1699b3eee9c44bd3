"""The official Python SDK of Mistral reads every shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from mistralai.client import Mistral
from mistralai.client.errors import SDKError

SAID = "Hello there, café 👋."
USER: Any = [{"role": "user", "content": "Hi"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS: Any = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": PARAMETERS}}]


@pytest.fixture
def client(server: str) -> Iterator[Mistral]:
    with Mistral(api_key="none", server_url=server) as found:
        yield found


def test_a_plain_answer_and_a_stream(client: Mistral) -> None:
    answer = client.chat.complete(model="say", messages=USER)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (SAID, "stop")  # type: ignore[union-attr]
    assert answer.usage.total_tokens == 17
    parts = list(client.chat.stream(model="say", messages=USER))
    assert "".join(str(part.data.choices[0].delta.content or "") for part in parts) == SAID


def test_a_tool_is_called_plain_and_streamed(client: Mistral) -> None:
    plain: Any = client.chat.complete(model="call", messages=USER, tools=TOOLS)
    (call,) = plain.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)["city"]) == ("weather", "Zürich")
    parts: Any = list(client.chat.stream(model="call", messages=USER, tools=TOOLS))
    (call,) = [call for part in parts for call in part.data.choices[0].delta.tool_calls or []]
    assert json.loads(call.function.arguments)["city"] == "Zürich"


def test_embeddings_and_models(client: Mistral) -> None:
    answer = client.embeddings.create(model="embed", inputs=["ab"])
    assert answer.data[0].embedding == [0.5, -0.25, 2.0]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_each_status_raises(client: Mistral, status: int) -> None:
    with pytest.raises(SDKError) as caught:
        client.chat.complete(model=f"fail-{status}", messages=USER)
    assert caught.value.status_code == status
