"""Calls of Google's SDKs: google-genai, and the older google-generativeai and Vertex AI.

google-genai counts its timeout in milliseconds, waits for ever where none is set and repeats nothing by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gonogo.facts import Confidence, ModelCallSite, Setting
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Client, Reader, chain, seconds
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope

METHODS = {
    "generate_content": "chat",
    "generate_content_stream": "chat",
    "generate_content_async": "chat",
    "embed_content": "embeddings",
    "generate_images": "images",
}
_ASIDE = frozenset({"models", "aio"})


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the call site that `call` is, if it is one."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in METHODS:
        return
    scope = Scope.of(module, call)
    names = chain(call.func)[1]
    newer = names[-2:-1] == ["models"]
    owner: ast.expr = call.func.value
    while newer and isinstance(owner, ast.Attribute) and owner.attr in _ASIDE:
        owner = owner.value
    client = clients.resolve(scope, owner)
    confidence: Confidence = "certain"
    if client is None:
        if "google" not in module.file.text and "genai" not in module.file.text:
            return
        confidence = "likely"
    elif client.sdk != "google":
        return
    given = reader.mappings.arguments(scope, call, ("contents",) if not newer else ())
    config = given.one("config" if newer else "generation_config")
    body = reader.options(config) if config else Mapping(open=given.open or "config" in given.items)
    if not newer:
        body = _with_models_own(reader, client, body)
    elif "model" in given.items:
        body.items["model"] = given.items["model"]
    yield reader.site(
        module,
        call,
        sdk="google",
        api=METHODS[call.func.attr],
        given=Mapping(),
        client=_timed(reader, client, body if newer else given, newer),
        confidence=confidence,
        body=body,
        stream=Setting(True, "literal") if call.func.attr.endswith("_stream") else None,
    )


def _with_models_own(reader: Reader, client: Client | None, body: Mapping) -> Mapping:
    """Lay the settings of a call over those that its `GenerativeModel(..., generation_config=...)` was made with."""
    if client is None:
        return Mapping(open=True)
    if client.settings is None:
        return body
    made = reader.options(client.settings)
    made.update(body)
    return made


def _timed(reader: Reader, client: Client | None, given: Mapping, newer: bool) -> Client | None:
    """Return the client with the timeout that this one call sets, in seconds."""
    placed = given.one("http_options" if newer else "request_options")
    if placed is None or client is None:
        return client
    timeout = reader.mappings.get(reader.options(placed), "timeout")
    timeout = seconds(timeout) if newer else timeout
    return client if timeout.origin == "unset" else replace(client, timeout=timeout)
