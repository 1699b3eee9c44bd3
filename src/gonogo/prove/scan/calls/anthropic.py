"""Calls of the Anthropic SDK, its Bedrock and Vertex clients included."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import Confidence, ModelCallSite, Setting
from gonogo.prove.scan.calls.clients import Clients
from gonogo.prove.scan.calls.reader import Reader, chain, methods_called
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope

_METHODS = {"create": "messages", "stream": "messages", "parse": "messages", "count_tokens": "count_tokens"}
_BETWEEN = ("beta", "with_raw_response", "with_streaming_response", "messages")


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the call site that `call` is, if it is one, or that it makes with a function handed over."""
    for function, given in methods_called(reader, module, call):
        yield from _site(reader, clients, module, call, function, given)


def _site(
    reader: Reader, clients: Clients, module: Module, call: ast.Call, function: ast.expr, given: Mapping
) -> Iterator[ModelCallSite]:
    _, names = chain(function)
    plain = [n for n in names if n not in _BETWEEN[:3]]
    if len(plain) < 2 and plain[:1] != names[-1:]:
        return
    if plain[-2:-1] != ["messages"] or plain[-1] not in _METHODS:
        yield from _completions(reader, clients, module, call, function, given)
        return
    owner = function
    while isinstance(owner, ast.Attribute) and (owner is function or owner.attr in _BETWEEN):
        owner = owner.value
    client = clients.resolve(Scope.of(module, call), owner)
    confidence: Confidence = "certain"
    if client is None:  # many things have messages.create; only this one wants a model and an output limit
        if not {"model", "max_tokens", "messages"} <= set(given.items):
            return
        confidence = "likely"
    elif client.sdk != "anthropic":
        return
    stream = Setting(True, "literal") if plain[-1] == "stream" else None
    yield reader.site(
        module,
        call,
        sdk="anthropic",
        api=_METHODS[plain[-1]],
        given=given,
        client=client,
        confidence=confidence,
        stream=stream,
    )


def _completions(
    reader: Reader, clients: Clients, module: Module, call: ast.Call, function: ast.expr, given: Mapping
) -> Iterator[ModelCallSite]:
    """The text completions of the first SDK."""
    if chain(function)[1][-2:] != ["completions", "create"] or not isinstance(function, ast.Attribute):
        return
    owner = function.value
    client = clients.resolve(Scope.of(module, call), owner.value) if isinstance(owner, ast.Attribute) else None
    if client is not None and client.sdk == "anthropic":
        yield reader.site(module, call, sdk="anthropic", api="completions", given=given, client=client)
