"""Calls of LiteLLM: its functions, and the same methods of its Router."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import ModelCallSite
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Client, Reader
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope
from gonogo.prove.scan.python_signature import last_name

FUNCTIONS = {
    "completion": "chat",
    "acompletion": "chat",
    "batch_completion": "chat",
    "completion_with_retries": "chat",
    "acompletion_with_retries": "chat",
    "text_completion": "completions",
    "atext_completion": "completions",
    "responses": "responses",
    "aresponses": "responses",
    "embedding": "embeddings",
    "aembedding": "embeddings",
    "transcription": "audio",
    "image_generation": "images",
}


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the call site that `call` is, if it is one."""
    scope = Scope.of(module, call)
    direct = _function(reader, clients, scope, call.func)
    if direct is not None:
        api, client = direct
        given = reader.mappings.arguments(scope, call, ("model", "messages"))
        yield _site(reader, module, call, api, client, given)
        return
    for position, argument in enumerate(call.args):  # functools.partial(litellm.completion, ...) and the like
        if not isinstance(argument, ast.Name | ast.Attribute) or last_name(argument) not in FUNCTIONS:
            continue
        passed = _function(reader, clients, scope, argument)
        if passed is not None:
            given = reader.mappings.given(scope, call.args[position + 1 :], call.keywords, ("model", "messages"))
            yield _site(reader, module, call, passed[0], passed[1], given)


def _function(reader: Reader, clients: Clients, scope: Scope, function: ast.expr) -> tuple[str, Client] | None:
    short = last_name(function)
    if short not in FUNCTIONS:
        return None
    name = reader.name(scope, function)
    if name.startswith("litellm."):
        return FUNCTIONS[short], Client("litellm", name)
    if not isinstance(function, ast.Attribute):
        return None
    client = clients.resolve(scope, function.value)
    if client is not None:
        return (FUNCTIONS[short], client) if client.sdk == "litellm" else None
    if last_name(function.value) == "litellm":  # a lazily loaded module under its own name
        return FUNCTIONS[short], Client("litellm", f"litellm.{short}", sure=False)
    return None


def _site(reader: Reader, module: Module, call: ast.Call, api: str, client: Client, given: Mapping) -> ModelCallSite:
    return reader.site(
        module,
        call,
        sdk="litellm",
        api=api,
        given=given,
        client=client,
        retry_names=("num_retries", "max_retries"),
        url_names=("api_base", "base_url"),
    )
