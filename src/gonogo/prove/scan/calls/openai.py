"""Calls of the OpenAI SDK and of SDKs that share its shape, today's and the module-level one before version 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gonogo.facts import Confidence, ModelCallSite, Setting
from gonogo.prove.scan.calls.clients import LIKE_OPENAI, Clients
from gonogo.prove.scan.calls.reader import Client, Reader, chain, methods_called
from gonogo.prove.scan.python_mappings import Mapping
from gonogo.prove.scan.python_module import Module
from gonogo.prove.scan.python_project import Scope

SDKS = frozenset({"openai", *LIKE_OPENAI})

_METHODS = {
    ("chat", "completions", "create"): "chat",
    ("chat", "completions", "parse"): "chat",
    ("chat", "completions", "stream"): "chat",
    ("responses", "create"): "responses",
    ("responses", "parse"): "responses",
    ("responses", "stream"): "responses",
    ("embeddings", "create"): "embeddings",
    ("moderations", "create"): "moderations",
    ("images", "generate"): "images",
    ("images", "edit"): "images",
    ("audio", "transcriptions", "create"): "audio",
    ("audio", "translations", "create"): "audio",
    ("audio", "speech", "create"): "audio",
    ("completions", "create"): "completions",
}
_BETWEEN = ("beta", "with_raw_response", "with_streaming_response")
_LEGACY = {"ChatCompletion": "chat", "Completion": "completions", "Embedding": "embeddings"}
_TYPICAL = {"responses": {"model", "input"}, "embeddings": {"model", "input"}}
"""Arguments that make a call on an unknown object one of these, where the method's name alone would not."""


def find(reader: Reader, clients: Clients, module: Module, call: ast.Call) -> Iterator[ModelCallSite]:
    """Yield the call site that `call` is, if it is one, or that it makes with a function handed over."""
    for function, given in methods_called(reader, module, call):
        yield from _site(reader, clients, module, call, function, given)


def _site(
    reader: Reader, clients: Clients, module: Module, call: ast.Call, function: ast.expr, given: Mapping
) -> Iterator[ModelCallSite]:
    _, names = chain(function)
    if names and names[-1] in ("create", "acreate"):
        yield from _legacy(reader, module, call, function, given)
    if not names or names[-1] not in ("create", "parse", "stream", "generate", "edit"):
        return
    plain = [n for n in names if n not in _BETWEEN]
    for suffix, api in _METHODS.items():
        if tuple(plain[-len(suffix) :]) == suffix:
            owner = _owner(function, suffix)
            yield from _on_client(reader, clients, module, call, owner, api, names[-1], given)
            return


def _owner(function: ast.expr, suffix: tuple[str, ...]) -> ast.expr:
    """Return the client's expression: what stands before the method's names."""
    left = len(suffix)
    while isinstance(function, ast.Attribute) and (left or function.attr in _BETWEEN):
        left -= function.attr not in _BETWEEN
        function = function.value
    return function


def _on_client(
    reader: Reader,
    clients: Clients,
    module: Module,
    call: ast.Call,
    owner: ast.expr,
    api: str,
    method: str,
    given: Mapping,
) -> Iterator[ModelCallSite]:
    scope = Scope.of(module, call)
    client = clients.resolve(scope, owner)
    confidence: Confidence = "certain"
    if client is not None and client.sdk not in SDKS:
        return
    if client is None and reader.name(scope, owner) in ("openai", "openai.AzureOpenAI"):
        client = Client("openai", "openai")
    if client is None:
        if not _plausible(module, api, given):
            return
        confidence = "likely"
    stream = Setting(True, "literal") if method == "stream" else None
    yield reader.site(
        module,
        call,
        sdk=client.sdk if client else "openai",
        api=api,
        given=given,
        client=client,
        confidence=confidence,
        stream=stream,
    )


def _plausible(module: Module, api: str, given: Mapping) -> bool:
    """Tell whether a call on an unknown object is most likely one of this SDK's shape."""
    if api == "chat":
        return True
    wanted = _TYPICAL.get(api)
    return wanted is not None and (wanted <= set(given.items) or (given.open and "openai" in module.file.text.lower()))


def _legacy(
    reader: Reader, module: Module, call: ast.Call, function: ast.expr, given: Mapping
) -> Iterator[ModelCallSite]:
    scope = Scope.of(module, call)
    parts = reader.name(scope, function).split(".")
    if len(parts) < 3 or parts[0] != "openai" or parts[-2] not in _LEGACY:
        return
    yield reader.site(
        module,
        call,
        sdk="openai",
        api=_LEGACY[parts[-2]],
        given=given,
        client=Client("openai", f"openai.{parts[-2]}"),
        timeout_names=("request_timeout", "timeout"),
        url_names=("api_base",),
    )
